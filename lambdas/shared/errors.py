"""The error tree of the functions. Adapters translate SDK errors into it; handlers translate it for their callers.

    FunctionError
    ├── ConfigurationError      an environment variable is missing or malformed      terminal
    ├── InvalidJsonError        a text is no JSON we accept                          terminal
    ├── InvalidRecordError      a record violates its contract; carries all reasons  terminal
    ├── UnknownEntityError      no contract is published under that name             terminal
    ├── UnknownSystemError      no source system is published under that name        terminal
    ├── MalformedEventError     an event is not of the shape its source documents    terminal
    ├── UndecidedOrderError     changes cannot be placed before or after a bootstrap terminal
    ├── DecodeError             a stored item does not fit its contract              terminal
    ├── ItemTooLargeError       DynamoDB takes no item of that size                  terminal
    ├── StoreRefusedError       DynamoDB refuses the call, whenever it is made       terminal
    └── DependencyError         AWS, the API or the key set did not answer           retryable
        ├── RegistryUnavailableError
        ├── StoreUnavailableError
        ├── StoreContendedError
        ├── ApiUnavailableError
        ├── TokenUnavailableError
        ├── KeySetUnavailableError
        └── LakeUnavailableError

The data API adds its own answers in `lambdas.data_api.errors`. Messages never hold a value of a personal field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

_NAMED_VIOLATIONS = 20  # in the message of an error


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule. `field` is empty when the rule concerns the whole record."""

    field: str
    rule: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {"field": self.field, "rule": self.rule, "message": self.message}


class FunctionError(Exception):
    """Base of everything a function raises on purpose."""

    code: ClassVar[str] = "function_error"
    retryable: ClassVar[bool] = False


class ConfigurationError(FunctionError):
    """An environment variable is missing or malformed; the message names it."""

    code = "configuration"


class InvalidJsonError(FunctionError):
    """A text is no JSON we accept: syntax, duplicate names, NaN, numbers beyond reason."""

    code = "invalid_json"


class InvalidRecordError(FunctionError):
    """A record violates its contract."""

    code = "invalid_record"

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        named = [f"{item.field or 'record'}: {item.rule}" for item in self.violations[:_NAMED_VIOLATIONS]]
        further = len(self.violations) - len(named)
        super().__init__("; ".join([*named, f"and {further} more"] if further else named))


class UnknownEntityError(FunctionError):
    """No contract is published under that name."""

    code = "unknown_entity"

    def __init__(self, entity: str) -> None:
        self.entity = entity
        super().__init__(f"no contract is published for entity {entity!r}")


class UnknownSystemError(FunctionError):
    """No source system is published under that name."""

    code = "unknown_system"

    def __init__(self, system: str) -> None:
        self.system = system
        super().__init__(f"no mapping is published for source system {system!r}")


class MalformedEventError(FunctionError):
    """An event is not of the shape its source documents."""

    code = "malformed_event"


class UndecidedOrderError(FunctionError):
    """Changes cannot be placed before or after a bootstrap, since the clocks are too close: bootstrap once more."""

    code = "undecided_order"


class DecodeError(FunctionError):
    """A stored item does not fit its contract; the message names the attribute, never its value."""

    code = "undecodable_item"


class ItemTooLargeError(FunctionError):
    """DynamoDB takes no item of that size: 400 KB with the names of its attributes."""

    code = "item_too_large"


class StoreRefusedError(FunctionError):
    """DynamoDB refuses the call, whenever it is made; the message says what AWS calls the reason."""

    code = "store_refused"


class DependencyError(FunctionError):
    """Something we depend on did not answer; the same call may succeed later."""

    code = "dependency_unavailable"
    retryable = True


class RegistryUnavailableError(DependencyError):
    code = "registry_unavailable"


class StoreUnavailableError(DependencyError):
    code = "store_unavailable"


class StoreContendedError(DependencyError):
    """Others wrote the item each time, between its reading and its writing."""

    code = "store_contended"


class ApiUnavailableError(DependencyError):
    code = "api_unavailable"


class TokenUnavailableError(DependencyError):
    code = "token_unavailable"


class KeySetUnavailableError(DependencyError):
    code = "key_set_unavailable"


class LakeUnavailableError(DependencyError):
    code = "lake_unavailable"
