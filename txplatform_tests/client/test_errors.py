"""Every problem has its class, by the API's code first and by the status else; the tree is drawn as it is."""

import inspect
import re

import pytest

from lambdas.data_api import errors as api_errors
from lambdas.data_api.problem import problem
from lambdas.shared.errors import FunctionError, InvalidRecordError, StoreUnavailableError, Violation
from txplatform.client import DataApiError, Records, errors
from txplatform.client.problems import error_of
from txplatform_tests.client.scripted import Reply, Script

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, DataApiError)]


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"^ {4}([│├└─ ]*)(\w+Error)\b.*?(retryable|terminal)?$", errors.__doc__ or "", re.MULTILINE)
    actual = [
        (cls.__mro__.index(DataApiError), cls.__name__, "retryable" if cls.retryable else "terminal") for cls in CLASSES
    ]
    assert [(len(branch) // 4, name, kind or "terminal") for branch, name, kind in drawn] == actual
    assert len({cls.code for cls in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_is_described(cls: type[DataApiError]) -> None:
    assert "code" in vars(cls)
    assert "Remedy: " in (cls.__doc__ or "")
    assert cls.__name__ in errors.__all__


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (api_errors.MalformedRequestError("bad"), errors.InvalidRequestError),
        (api_errors.NoSuchRouteError("bad"), errors.NotFoundError),
        (api_errors.NotFoundError("bad"), errors.NotFoundError),
        (api_errors.AlreadyExistsError("bad"), errors.AlreadyExistsError),
        (api_errors.StaleVersionError("bad"), errors.StaleVersionError),
        (api_errors.VersionConflictError("bad"), errors.VersionConflictError),
        (api_errors.PartitionImmutableError("bad"), errors.PartitionImmutableError),
        (api_errors.TooManyOperationsError("bad"), errors.InvalidRequestError),
        (StoreUnavailableError("bad"), errors.UnavailableError),
        (FunctionError("bad"), errors.UnexpectedAnswerError),
    ],
)
def test_what_the_api_raises_is_what_the_client_raises(raised: FunctionError, expected: type[DataApiError]) -> None:
    payload = problem(raised).as_payload()
    error = error_of(payload["statusCode"], payload["body"].encode(), "abc")
    assert type(error) is expected
    assert (error.status, error.problem.code, error.correlation_id) == (payload["statusCode"], raised.code, "abc")
    assert "abc" in str(error)


def test_an_invalid_record_has_its_violations(payments: Records, script: Script) -> None:
    violations = [Violation("amount", "scale", "has too many digits"), Violation("", "size", "is too large")]
    payload = problem(InvalidRecordError(violations)).as_payload()
    script.replies = [Reply(payload["statusCode"], payload["body"].encode(), payload["headers"])]
    with pytest.raises(errors.InvalidRecordError) as caught:
        payments.create({"payment_id": "p"})
    assert [(item.field, item.rule, item.message) for item in caught.value.violations] == [
        (item.field, item.rule, item.message) for item in violations
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.InvalidRequestError),
        (401, errors.UnauthorizedError),
        (403, errors.UnauthorizedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (412, errors.PreconditionFailedError),
        (413, errors.InvalidRequestError),
        (415, errors.InvalidRequestError),
        (422, errors.InvalidRequestError),
        (428, errors.PreconditionRequiredError),
        (429, errors.ThrottledError),
        (500, errors.UnavailableError),
        (501, errors.UnexpectedAnswerError),
        (503, errors.UnavailableError),
        (302, errors.UnexpectedAnswerError),
    ],
)
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"text"', b'{"errors": {}, "code": null}', b'{"errors": [1]}']
)
def test_an_answer_without_a_problem_document_is_known_by_its_status(
    status: int, expected: type[DataApiError], body: bytes
) -> None:
    error = error_of(status, body, "")
    assert type(error) is expected
    assert (error.status, error.problem.code) == (status, f"http_{status}")


def test_a_reused_idempotency_key_is_no_invalid_record() -> None:
    error = error_of(422, b'{"code": "idempotency_key_reused", "detail": "used for another request"}', "")
    assert type(error) is errors.IdempotencyKeyReusedError


def test_rules_that_an_answer_does_not_show_are_counted() -> None:
    error = error_of(422, b'{"code": "invalid_record", "errors": [{}], "further_errors": 99900}', "")
    assert (len(error.violations), error.problem.further_violations) == (1, 99_900)


def test_the_gateways_own_message_is_shown() -> None:
    assert error_of(403, b'{"message": "Forbidden"}', "").detail == "Forbidden"
