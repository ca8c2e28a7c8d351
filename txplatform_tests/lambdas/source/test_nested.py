"""What `source` makes of nested messages, and what it says of those that it refuses."""

from decimal import Decimal

from lambdas.shared.jsonio import dumps, loads
from lambdas.source.core import Accepted, Refused, alert, validate
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.nested import CHANGED, SCHEMA, exact, purchase, schema_of
from txplatform_tests.lambdas.source.test_core import message
from txplatform_tests.samples.nested import purchases


def test_a_partial_update_says_within_what_it_removes() -> None:
    body = {
        "purchase_id": "pur_1",
        "updated_at": CHANGED,
        "shipping": {"cost": None, "insured": True},
        "fees": {"a": 1},
    }
    accepted = validate(SCHEMA, message({"op": "patch", "record": {**body, "size": None}}))
    assert isinstance(accepted, Accepted)
    assert loads(dumps(accepted.operation))["record"] == {**body, "fees": {"a": "1.00"}, "rest": {"size": None}}


def test_an_alert_counts_by_place_without_the_source_s_own_words() -> None:
    lines = [{"sku": "A"}, {"sku": "B"}]
    body = purchase(line_items=lines, attributes={"jane@example.com": 1}, shipping={"carrier": "x", "jane": 1})
    refused = validate(SCHEMA, message(body))
    assert isinstance(refused, Refused)
    _, text = alert("purchases", [refused], "queue", "dlq")
    assert "jane" not in text
    assert {(reason["field"], reason["count"]) for reason in loads(text)["reasons"]} == {
        *(("line_items[].amount", 2), ("attributes[]", 1), ("(unknown field)", 1)),
    }


def test_ignored_names_are_left_out_and_counted() -> None:
    document = registry_document(purchases()) | {"unknown_fields": "ignore"}
    del document["fields"]["rest"], document["json_schema"]["properties"]["rest"]
    schema = type(SCHEMA).parse(document)
    accepted = validate(schema, message(purchase(colour="red", size=Decimal(8))))
    assert isinstance(accepted, Accepted)
    assert (accepted.ignored, exact(accepted.record)) == (2, exact(purchase()))
    assert isinstance(validate(schema_of(purchases()), message(purchase(total=None))), Refused)
