"""The written list of what Schemathesis reports and the API is right about, each with its reason.

It is loaded as the hooks of Schemathesis. Whatever is not in the list fails; no answer of 5xx can be in it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

from txplatform.contracts.quality import RECORD_RULE
from txplatform_tests.generated.documented import contract_of, is_other_spelling, unfit_operations

STATE: Mapping[str, str] = {
    "precondition_failed": "If-Match and If-None-Match ask for what is stored, and a generated tag is not.",
}
"""Codes of problems by which a valid request is refused for what is stored, which no schema can say."""

RULES: Mapping[str, str] = {
    "key_differs": "OpenAPI cannot say that a field of the body is the key of the path.",
    "version_in_future": "OpenAPI cannot say when now is.",
    "one_index": "OpenAPI cannot say that of some parameters only one may be given.",
    "needs_field": "OpenAPI cannot say that a parameter goes with one of some others.",
    "not_indexed": "OpenAPI cannot say which bounds go with which field.",
    "cursor": "A cursor is signed, and none can be made up.",
}
"""Rules of violations: a valid request may be refused where it breaks no others, and no rule over several fields."""

ENCODED = "The rules of a field are those of its value, which stands escaped in a key and percent-encoded in a header."
NO_ROUTE = "API Gateway answers 404 to a method that a path has no route for, and never 405."
BATCH_IS_A_KEY = "The path of batches is that of a record whose key is `batch`, but for POST."
OTHER_SPELLINGS = "The API takes more spellings of a value than the document, and stores the document's."
OPERATIONS = "A batch is answered with 200, and each operation that does not fit is rejected with its reasons."


def _is_refused_with_reason(case: Any, response: Any) -> bool:
    problem = response.json()
    code, broken = problem.get("code"), problem.get("errors", [])  # an answer of the gateway has neither
    if code in STATE:
        return True
    if code not in ("invalid_record", "invalid_query") or not broken:
        return False
    violations = [item for item in broken if not (item["rule"] in RULES or item["rule"].startswith(RECORD_RULE))]
    encoded = _encoded_fields(case)
    return all(item["field"] in encoded for item in violations)


def _encoded_fields(case: Any) -> frozenset[str]:
    """The fields whose values are not in the request as they are: those of a key, and of headers that ask for them."""
    contract = contract_of(case.operation.path)
    if contract is None:
        return frozenset()
    if case.operation.method == "delete":
        return frozenset(contract.key)
    is_list = case.operation.method == "get" and case.operation.path.endswith(f"/{contract.name}")
    return frozenset(field.name for field in contract.fields if is_list and field.personal)


def _is_taken_with_reason(case: Any, response: Any) -> bool:
    contract = contract_of(case.operation.path)
    if contract is None:
        return False
    if case.operation.path.endswith("/batch"):
        results = response.json()["results"]
        return all(results[index]["status"] == "rejected" for index in unfit_operations(contract, case.body))
    return is_other_spelling(contract, case)


def _is_no_route(case: Any, response: Any) -> bool:
    of_a_record = case.operation.path.endswith("/batch") and response.request.method in (
        "GET",
        "PUT",
        "PATCH",
        "DELETE",
    )
    return response.status_code == 404 or of_a_record


LISTED: Mapping[type[Failure], Callable[[Any, Any], bool]] = {
    RejectedPositiveData: _is_refused_with_reason,
    AcceptedNegativeData: _is_taken_with_reason,
    UnsupportedMethodResponse: _is_no_route,
}
"""What says, of a kind of failure, whether the list has the case."""


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Whether a failure stands; it does not where the list says why."""
    is_listed = LISTED.get(type(failure))
    return response.status_code >= 500 or is_listed is None or not is_listed(case, response)
