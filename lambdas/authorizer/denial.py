"""Why a request is not let through."""

from enum import StrEnum


class Denial(StrEnum):
    """The reason of a denial; logged, never shown to the client."""

    NO_TOKEN = "no_token"  # noqa: S105
    MALFORMED_TOKEN = "malformed_token"  # noqa: S105
    WRONG_ISSUER = "wrong_issuer"
    WRONG_TENANT = "wrong_tenant"
    WRONG_ALGORITHM = "wrong_algorithm"
    UNKNOWN_KEY = "unknown_key"
    INVALID_SIGNATURE = "invalid_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    LIVES_TOO_LONG = "lives_too_long"
    MISSING_CLAIM = "missing_claim"
    INVALID_CLAIM = "invalid_claim"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_TOKEN_USE = "wrong_token_use"  # noqa: S105
    UNKNOWN_CLIENT = "unknown_client"
    NO_ROUTE = "no_route"
    MISSING_SCOPE = "missing_scope"


class DeniedError(Exception):
    """The request is not let through."""

    def __init__(self, denial: Denial) -> None:
        self.denial = denial
        super().__init__(denial.value)
