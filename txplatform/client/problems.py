"""Which error an answer is: the API's own code counts first, then the status."""

from typing import Any, cast

from txplatform.client import errors, jsontext
from txplatform.client.errors import DataApiError, Problem, Violation

# A 500 without a problem document: a function of the API ended without an answer, or the authorizer could not decide.
_GATEWAYS_OWN = "http_500"

_BY_CODE: dict[str, type[DataApiError]] = {
    cls.code: cls
    for cls in (
        errors.AlreadyExistsError,
        errors.IdempotencyKeyReusedError,
        errors.InvalidRecordError,
        errors.PartitionImmutableError,
        errors.StaleVersionError,
        errors.VersionConflictError,
    )
}
_BY_STATUS: dict[int, type[DataApiError]] = {
    **dict.fromkeys((400, 406, 413, 415, 422), errors.InvalidRequestError),
    **dict.fromkeys((401, 403), errors.UnauthorizedError),
    404: errors.NotFoundError,
    409: errors.ConflictError,
    412: errors.PreconditionFailedError,
    428: errors.PreconditionRequiredError,
    429: errors.ThrottledError,
    **dict.fromkeys((502, 503, 504), errors.UnavailableError),
}


def error_of(status: int, body: bytes, correlation_id: str) -> DataApiError:
    """Return the error that an answer is which is neither a success nor "not modified"."""
    problem = _problem(status, body, correlation_id)
    if problem.code == _GATEWAYS_OWN:
        return errors.UnavailableError(problem)
    kind = _BY_CODE.get(problem.code) or _BY_STATUS.get(status, errors.UnexpectedAnswerError)
    return kind(problem)


def _problem(status: int, body: bytes, correlation_id: str) -> Problem:
    try:
        document = jsontext.loads(body)
    except ValueError:
        document = None
    read = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    reasons: Any = read.get("errors")
    listed = cast("list[Any]", reasons) if isinstance(reasons, list) else []
    return Problem(
        status=status,
        code=str(read.get("code") or f"http_{status}"),
        detail=str(read.get("detail") or read.get("message") or "no problem document came with the answer"),
        violations=tuple(violation(reason) for reason in listed),
        further_violations=further_violations(read),
        correlation_id=correlation_id,
    )


def violation(reason: Any) -> Violation:
    """Read one entry of `errors`."""
    fields = cast("dict[str, Any]", reason) if isinstance(reason, dict) else {}
    return Violation(*(str(fields.get(name, "")) for name in ("field", "rule", "message")))


def further_violations(answered: dict[str, Any]) -> int:
    """Read how many broken rules there are besides those in `errors`."""
    more = answered.get("further_errors")
    return more if isinstance(more, int) else 0
