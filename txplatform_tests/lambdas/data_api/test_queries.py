"""How the parameters of a list read, and that nothing of them is ever ignored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.data_api.errors import InvalidQueryError
from lambdas.data_api.queries import MAX_PAGE, ListQuery, Lookup, parse_query, query_header
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names
from txplatform.contracts.render.openapi_lists import list_parameters
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

PAYMENTS = SCHEMAS["payments"]
BY_CUSTOMER = PAYMENTS.indexes["customer_id"]
FIRST, LAST = "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"


def schema_of(**changes: Any) -> EntitySchema:
    """Payments with other indexes."""
    return EntitySchema.parse(loads(dumps(registry_document(CONTRACTS["payments"]) | changes)))


def refused(parameters: dict[str, str], schema: EntitySchema = PAYMENTS) -> set[tuple[str, str]]:
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(schema, parameters)
    assert caught.value.indexes == tuple(schema.indexes.values())
    return {(violation.field, violation.rule) for violation in caught.value.violations}


def lookup(**parameters: str) -> Lookup:
    """The lookup of these parameters; `__` stands for the dot in their names."""
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    found = parse_query(PAYMENTS, {"customer_id": "cus_1", **named}).lookup
    assert found is not None
    return found


def test_without_parameters_a_list_is_of_all_records() -> None:
    assert parse_query(PAYMENTS, {}) == ListQuery(50)
    assert parse_query(PAYMENTS, {"cursor": ""}) == ListQuery(50)


@pytest.mark.parametrize(("limit", "size"), [("1", 1), ("100", 100)])
def test_a_page_has_a_size(limit: str, size: int) -> None:
    assert parse_query(PAYMENTS, {"limit": limit}).size == size


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "", "ten", "٣", "9" * 5000])
def test_a_page_has_limits(limit: str) -> None:
    assert refused({"limit": limit}) == {("limit", "range")}


def test_a_field_with_an_index_is_looked_up_in_either_order() -> None:
    assert lookup() == Lookup(BY_CUSTOMER, "cus_1")
    assert lookup(order="asc") == Lookup(BY_CUSTOMER, "cus_1")
    assert lookup(order="desc") == Lookup(BY_CUSTOMER, "cus_1", descending=True)


@pytest.mark.parametrize(
    ("bounds", "earliest", "latest"),
    [
        ({"created_at__gte": "2024-01-01T00:00:00Z"}, "2024-01-01T00:00:00.000000Z", None),
        ({"created_at__gt": "2024-01-01T00:00:00Z"}, "2024-01-01T00:00:00.000001Z", None),
        ({"created_at__lte": "2024-01-01T01:00:00+01:00"}, None, "2024-01-01T00:00:00.000000Z"),
        ({"created_at__lt": "2024-01-01T00:00:00Z"}, None, "2023-12-31T23:59:59.999999Z"),
        (
            {
                "created_at__gte": "2024-01-01T00:00:00Z",
                "created_at__gt": "2023-01-01T00:00:00Z",
                "created_at__lt": "2025-01-01T00:00:00Z",
                "created_at__lte": "2024-06-01T00:00:00Z",
            },
            "2024-01-01T00:00:00.000000Z",
            "2024-06-01T00:00:00.000000Z",
        ),
    ],
)
def test_bounds_are_inclusive_ones(bounds: dict[str, str], earliest: str | None, latest: str | None) -> None:
    found = lookup(**bounds)
    assert (found.earliest, found.latest) == (earliest, latest)
    assert not found.is_empty


@pytest.mark.parametrize(
    "bounds",
    [
        {"created_at__gte": "2024-01-02T00:00:00Z", "created_at__lte": "2024-01-01T00:00:00Z"},
        {"created_at__gt": "2024-01-01T00:00:00Z", "created_at__lt": "2024-01-01T00:00:00.000001Z"},
        {"created_at__lt": FIRST, "created_at__gte": FIRST},
        {"created_at__gt": LAST, "created_at__lte": LAST},
    ],
)
def test_times_that_exclude_each_other_leave_nothing(bounds: dict[str, str]) -> None:
    assert lookup(**bounds).is_empty


@pytest.mark.parametrize("operator", ["gt", "lt"])
def test_beyond_the_calendar_a_bound_is_still_a_text_that_dynamodb_compares(operator: str) -> None:
    found = lookup(**{f"created_at__{operator}": LAST if operator == "gt" else FIRST})
    bound = found.earliest if operator == "gt" else found.latest
    assert bound
    assert (bound > LAST) if operator == "gt" else (bound < FIRST)


def test_days_step_by_one() -> None:
    schema = schema_of(indexes=[{"name": "n", "field": "status", "sorted_by": "settled_on"}])
    parameters = {"status": "settled", "settled_on.gt": "2024-02-28", "settled_on.lt": "2024-03-02"}
    found = parse_query(schema, parameters).lookup
    assert found is not None
    assert (found.earliest, found.latest) == ("2024-02-29", "2024-03-01")


def test_numbers_are_looked_up_as_numbers() -> None:
    indexes = [{"name": field, "field": field, "sorted_by": "created_at"} for field in ("items_count", "amount")]
    schema = schema_of(indexes=indexes)
    counted, priced = (parse_query(schema, {name: "07"}).lookup for name in ("items_count", "amount"))
    assert counted is not None
    assert priced is not None
    assert (counted.value, priced.value) == (7, "7.00")
    assert refused({"items_count": "-1"}, schema) == {("items_count", "minimum")}
    assert refused({"amount": "1.001"}, schema) == {("amount", "scale")}
    assert refused({"amount": "-1"}, schema) == {("amount", "minimum")}


def test_fields_are_kept_once_and_in_order() -> None:
    assert parse_query(PAYMENTS, {"fields": "status,amount,status"}).fields == ("status", "amount")


@pytest.mark.parametrize(
    ("parameters", "violations"),
    [
        ({"colour": "red"}, {("colour", "unknown_parameter")}),
        ({"Limit": "5"}, {("Limit", "unknown_parameter")}),
        ({"currency": "EUR"}, {("currency", "not_indexed")}),
        ({"amount.gte": "5"}, {("amount.gte", "not_indexed")}),
        ({"created_at": "2024-01-01T00:00:00Z"}, {("created_at", "not_indexed")}),
        ({"customer_id.gte": "a"}, {("customer_id.gte", "not_indexed")}),
        ({"customer_id": "a", "updated_at.lt": "2024-01-01T00:00:00Z"}, {("updated_at.lt", "not_indexed")}),
        ({"customer_id": "a", "created_at.ge": "2024-01-01T00:00:00Z"}, {("created_at.ge", "not_indexed")}),
        ({"status": "settled", "customer_id": "a"}, {("status", "one_index")}),
        ({"created_at.gte": "2024-01-01T00:00:00Z"}, {("created_at.gte", "needs_field")}),
        ({"order": "desc"}, {("order", "needs_field")}),
        ({"customer_id": "a", "order": "up"}, {("order", "enum")}),
        ({"status": "active"}, {("status", "enum")}),
        ({"customer_id": ""}, {("customer_id", "min_length")}),
        ({"customer_id": "a" * 65}, {("customer_id", "max_length")}),
        ({"customer_id": "\ud800"}, {("customer_id", "type")}),
        ({"customer_id": "a", "created_at.gte": "yesterday"}, {("created_at.gte", "type")}),
        ({"customer_id": "a", "created_at.lt": "2024-01-01"}, {("created_at.lt", "type")}),
        ({"fields": "amount,colour"}, {("fields", "unknown_field")}),
        ({"fields": ""}, {("fields", "unknown_field")}),
        (
            {"limit": "0", "order": "up", "status": "active", "colour": "red"},
            {("limit", "range"), ("order", "enum"), ("status", "enum"), ("colour", "unknown_parameter")},
        ),
        ({"\u2028" * 200: "a"}, {(("\u2028" * 100).encode("ascii", "backslashreplace").decode(), "unknown_parameter")}),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(
    parameters: dict[str, str], violations: set[tuple[str, str]]
) -> None:
    assert refused(parameters) == violations


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_every_documented_parameter_is_read_with_the_values_that_it_is_documented_to_have(schema: EntitySchema) -> None:
    contract = CONTRACTS[schema.entity]
    examples = {"limit": str(MAX_PAGE), "cursor": "x", "fields": ",".join(schema.fields), "order": "desc"}
    queried = [parameter for parameter in list_parameters(contract) if parameter["in"] == "query"]
    for parameter in queried:
        name = parameter["name"]
        given = {name: examples.get(name) or str(contract[name.partition(".")[0]].example)}
        if name not in schema.indexes:
            index = next(iter(schema.indexes.values()))
            given[index.field] = str(contract[index.field].example)
        parse_query(schema, given)
    documented = {parameter["name"]: parameter["schema"] for parameter in list_parameters(contract)}
    assert documented["limit"]["maximum"] == MAX_PAGE
    assert documented["limit"]["default"] == parse_query(schema, {}).size


CUSTOMERS = SCHEMAS["customers"]
BY_EMAIL = CUSTOMERS.indexes["email"]


def test_a_personal_value_is_read_from_its_header() -> None:
    headers = {query_header("email"): "zo%C3%AB+a%2520@example.com"}
    query = parse_query(CUSTOMERS, {"order": "desc"}, headers)
    assert query.lookup == Lookup(BY_EMAIL, "zoë+a%20@example.com", descending=True)
    assert query_header("email") == names.query_header("email") == "x-query-email"
    assert query_header("postal_code") == names.query_header("postal_code")


@pytest.mark.parametrize(
    ("parameters", "headers", "violations"),
    [
        ({"email": "a@example.com"}, {}, {("email", "personal")}),
        ({}, {"x-query-segment": "consumer"}, {("x-query-segment", "unknown_parameter")}),
        ({}, {"x-query-": "a"}, {("x-query-", "unknown_parameter")}),
        ({"segment": "consumer"}, {"x-query-email": "a@example.com"}, {("email", "one_index")}),
        ({}, {"x-query-email": "a secret"}, {("email", "pattern")}),
        ({}, {"x-query-email": "%ff@example.com"}, {("email", "type")}),
    ],
)
def test_a_personal_value_elsewhere_is_refused_and_never_repeated(
    parameters: dict[str, str], headers: dict[str, str], violations: set[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(CUSTOMERS, parameters, headers)
    assert {(violation.field, violation.rule) for violation in caught.value.violations} == violations
    assert "secret" not in str(caught.value)
    assert "example.com" not in str(caught.value)


def test_the_refusal_says_what_can_be_asked_for() -> None:
    with pytest.raises(InvalidQueryError, match=r"customer_id \(sorted by created_at\), status"):
        parse_query(PAYMENTS, {"currency": "EUR"})
    with pytest.raises(InvalidQueryError, match="by their keys alone"):
        parse_query(schema_of(indexes=[]), {"currency": "EUR"})


def test_a_thousand_parameters_are_a_short_refusal() -> None:
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(PAYMENTS, {f"colour_{number}": "red" for number in range(1000)})
    assert len(caught.value.violations) == 20


_NAMES = [
    *PAYMENTS.fields,
    *(f"{name}.{operator}" for name in ("created_at", "amount") for operator in ("gte", "gt", "lte", "lt", "x")),
    *("limit", "cursor", "order", "fields", ""),
]


@given(st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=5), st.text(max_size=30)))
def test_any_parameters_are_read_or_refused(parameters: dict[str, str]) -> None:
    try:
        query = parse_query(PAYMENTS, parameters)
    except InvalidQueryError:
        return
    assert query.lookup is not None or not parameters.keys() & PAYMENTS.fields.keys()
