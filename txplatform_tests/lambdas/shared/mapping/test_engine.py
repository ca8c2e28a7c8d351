"""One payload through a mapping: its records, every reason why not, and where in the payload each one lies."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.engine import Mapped, map_payload
from lambdas.shared.mapping.limits import MAX_REFUSALS, MAX_VISITS, Bounds
from lambdas.shared.mapping.messages import read_message, schemas_of
from lambdas.shared.mapping.pointers import CUT, MAX_LENGTH
from lambdas.shared.mapping.refusals import Refusal
from txplatform.contracts.render.mapping import mapping_document
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.contracts.mapping.systems import CONTRACTS, shop

Document = dict[str, Any]

ORDER = {"id": "o1", "state": " Paid ", "total": "12,50", "placed": 1680800504, "changed": None}


def mapping(edit: Callable[[Document], object] = lambda document: None) -> SystemMapping:
    return SystemMapping.parse(loads(dumps(mapping_document(shop(edit)))))


def order(**changes: Any) -> Document:
    return {"type": "order", "order": {**ORDER, **changes}}


def places(mapped: Mapped) -> list[tuple[str, str, str]]:
    """Field, pointer and rule of every value that could not be mapped."""
    return [(item.field, item.pointer, item.rule) for record in mapped.records for item in record.refused]


def test_a_payload_becomes_a_record() -> None:
    [record] = map_payload(mapping(), order()).records

    assert (record.rule.entity, record.operation, record.refused) == ("orders", "upsert", ())
    assert record.fields == {
        "order_id": "o1",
        "status": "paid",
        "channel": "shop",
        "total": Decimal("12.50"),
        "created_at": "2023-04-06T17:01:44.000000Z",
        "updated_at": "2023-04-06T17:01:44.000000Z",
    }
    assert record.pointer("total") == "/order/total"
    assert record.pointer("updated_at") == "/order/placed", "the place of the value that was read"


def test_every_value_that_cannot_be_mapped_is_named_with_its_place() -> None:
    mapped = map_payload(mapping(), order(total="12.50", placed="soon", state=7))

    assert places(mapped) == [
        ("status", "/order/state", "type"),
        ("total", "/order/total", "format"),
        ("created_at", "/order/placed", "type"),
        ("updated_at", "/order/placed", "type"),
    ]


def test_what_no_rule_takes_is_refused_and_what_one_ignores_is_named() -> None:
    assert map_payload(mapping(), {"type": "ping"}).ignored == "ping"
    assert map_payload(mapping(), {"type": "parcel"}).refusals[0].rule == "unrecognised"
    assert map_payload(mapping(), {"type": "parcel"}, is_known=True).refusals[0].rule == "unmapped"
    for payload in (None, 7, "order", [], [order()]):
        assert map_payload(mapping(), payload).refusals[0].rule == "unrecognised"


def test_an_item_that_is_missing_refuses_its_own_rule_alone() -> None:
    def twice(document: Document) -> None:
        document["records"].append({**document["records"][0], "name": "gift", "over": "gift"})

    mapped = map_payload(mapping(twice), order())

    assert [record.rule.name for record in mapped.records] == ["order"]
    assert mapped.refusals == (Refusal("missing", "has nothing to map", "gift", "orders", "", "/gift"),)


def _over(*steps: str, **fields: Any) -> Callable[[Document], object]:
    def edit(document: Document) -> None:
        record = document["records"][0]
        record.update(over=list(steps))
        record["fields"].update(fields)

    return edit


def test_lists_yield_a_record_an_item_and_pointers_lead_to_each() -> None:
    payload = {"type": "order", "orders": [ORDER, {**ORDER, "id": "o2", "total": "x"}, None]}

    mapped = map_payload(mapping(_over("orders")), payload)

    assert [record.fields["order_id"] for record in mapped.records] == ["o1", "o2"]
    assert places(mapped) == [("total", "/orders/1/total", "format")]
    assert mapped.refusals[0].pointer == "/orders/2"


def test_a_pointer_is_no_longer_than_a_dead_letter_has_room_for() -> None:
    payload = {"type": "order", "lists": {"a" * 100_000: [{**ORDER, "total": "x"}]}}

    [(_, pointer, _)] = places(map_payload(mapping(_over("items(lists)", "[1]")), payload))

    assert pointer == f"/lists/{'a' * (MAX_LENGTH - len('/lists/'))}{CUT}"


def test_an_empty_list_yields_nothing() -> None:
    assert map_payload(mapping(_over("orders")), {"type": "order", "orders": []}) == Mapped()


def test_steps_lead_through_what_an_expression_made_and_pointers_still_lead_to_the_payload() -> None:
    payload = {"type": "order", "lists": {"a/b": [ORDER, {**ORDER, "total": "x"}]}}

    mapped = map_payload(mapping(_over("items(lists)", "[1]", channel="^[0]")), payload)

    assert [record.fields["channel"] for record in mapped.records] == ["a/b", "a/b"]
    assert places(mapped) == [("total", "/lists/a~1b/1/total", "format")]
    assert mapped.records[1].pointer("channel") == "/lists/a~1b/1", "a made list has no place: that of the item"


def test_items_may_be_plain_values() -> None:
    edit = _over("ids", order_id="@", total="$.total", status="$.state", created_at="$.at", updated_at="^.at")
    payload = {"type": "order", "ids": ["o1", "o2"], "total": "1.00", "state": "paid", "at": "2024-01-01T00:00:00Z"}

    records = map_payload(mapping(edit), payload).records

    assert [record.fields["order_id"] for record in records] == ["o1", "o2"]
    assert [records[1].pointer(name) for name in ("order_id", "total", "updated_at")] == ["/ids/1", "/total", "/at"]


def _operation(**value: Any) -> Callable[[Document], object]:
    return lambda document: document["records"][0].update(operation=value)


def test_an_operation_is_read_from_the_payload_or_refused() -> None:
    compiled = mapping(_operation(**{"from": "act"}))

    assert map_payload(compiled, order(act="delete")).records[0].operation == "delete"
    assert places(map_payload(compiled, order(act="merge"))) == [("", "/order/act", "operation")]
    assert places(map_payload(compiled, order())) == [("", "/order/act", "operation")]
    refused = mapping(_operation(**{"from": "act", "transforms": [{"enum": {"values": {"gone": "delete"}}}]}))
    assert places(map_payload(refused, order(act="merge"))) == [("", "/order/act", "enum")]


def _changes(document: Document) -> None:
    fields = {
        "order_id": "id",
        "reference": "ref",
        "channel": ["sold.by", "seller"],
        "status": "state",
        "updated_at": "at",
    }
    document["records"] = [{
        "name": "change", "entity": "orders", "operation": "patch", "nulled": "changed",
        "fields": {name: {"from": source} for name, source in fields.items()},
    }]  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({"ref": "r", "changed": ["ref"]}, {"reference": "r"}),
        ({"ref": None, "state": None, "changed": ["ref"]}, {"reference": None}),
        ({"changed": ["seller"]}, {"channel": None}),
        ({"seller": "web", "changed": ["sold.by", "seller"]}, {"channel": "web"}),
        ({"sold": None, "changed": ["sold"]}, {"channel": None}),
        ({"sold": {"at": "x"}, "changed": ["sold"]}, {}),
        ({"changed": [7, None, {}, "", "Ref", "ref.a"]}, {}),
        ({"changed": "ref"}, {}),
        ({}, {}),
    ],
)
def test_a_patch_has_what_changed_and_null_for_what_became_empty(payload: Document, fields: Document) -> None:
    [record] = map_payload(mapping(_changes), {"id": "o1", "at": "now", "type": "order", **payload}).records

    assert (record.operation, record.refused) == ("patch", ())
    assert record.fields == {"order_id": "o1", "updated_at": "now", **fields}


def test_a_patch_says_what_changed_and_what_it_removes_and_asks_for_nothing_else() -> None:
    schemas = schemas_of({"orders": registry_document(CONTRACTS["orders"])})
    payload = {"id": "o1", "at": "2024-01-01T00:00:00Z", "type": "order", "seller": "web", "changed": ["ref"]}

    [record] = read_message(mapping(_changes), schemas, dumps(payload)).records

    assert (record.operation, record.removed) == ("patch", {"reference"})
    assert record.record == {"order_id": "o1", "updated_at": "2024-01-01T00:00:00.000000Z", "channel": "web"}


def test_what_a_rule_refuses_says_what_to_do() -> None:
    assert map_payload(mapping(), {"type": "lost"}, is_known=True).refusals == (
        Refusal("lost", "orders were lost on the way; read them again"),
    )


@pytest.mark.parametrize("third", [ORDER, None])
def test_too_many_records_are_refused_as_a_whole(third: Document | None) -> None:
    payload = {"type": "order", "orders": [ORDER, ORDER, third]}

    mapped = map_payload(mapping(_over("orders")), payload, Bounds(2))

    assert (mapped.records, [item.rule for item in mapped.refusals]) == ((), ["too_many"])


def test_payloads_of_one_message_share_its_bounds() -> None:
    compiled, bounds = mapping(_over("orders")), Bounds(3)
    payload = {"type": "order", "orders": [ORDER, ORDER]}

    assert len(map_payload(compiled, payload, bounds).records) == 2
    assert [item.rule for item in map_payload(compiled, payload, bounds).refusals] == ["too_many"]
    bounds = Bounds()
    bounds.meter.spend(MAX_VISITS)
    assert [item.rule for item in map_payload(compiled, payload, bounds).refusals] == ["too_costly"]


def test_without_steps_left_to_find_it_a_refused_value_is_where_its_item_is() -> None:
    def edit(document: Document) -> None:
        _over("orders")(document)
        document["records"][0]["fields"]["status"]["from"] = ["not_null(missing, lost)", "state"]

    compiled = mapping(edit)
    payload = {"type": "order", "orders": [{**ORDER, "state": 7}]}
    assert places(map_payload(compiled, payload)) == [("status", "/orders/0/state", "type")]
    bounds = Bounds()
    bounds.of_pointers.spend(MAX_VISITS)

    assert places(map_payload(compiled, payload, bounds)) == [("status", "/orders/0", "type")]


def test_the_names_of_empty_values_are_read_once_for_all_records_of_a_place() -> None:
    def edit(document: Document) -> None:
        _changes(document)
        document["records"][0] |= {"over": ["ids"], "nulled": "^.changed"}
        fields = document["records"][0]["fields"]
        for name, value in fields.items():
            value["from"] = "@" if name == "order_id" else f"$.{value['from'] if name != 'channel' else 'seller'}"

    names = [f"name_{number}" for number in range(1_000)]
    payload = {"type": "order", "at": "now", "ids": ["o1", "o2"] * 1_000, "changed": [*names, "ref"]}

    records = map_payload(mapping(edit), payload).records

    assert len(records) == 2_000
    assert [record.fields for record in records] == [
        {"order_id": key, "updated_at": "now", "reference": None} for key in payload["ids"]
    ]


def test_of_a_message_that_is_refused_in_many_places_some_are_kept_and_the_others_counted() -> None:
    schemas = schemas_of({"orders": registry_document(CONTRACTS["orders"])})
    payload = {"type": "order", "orders": [{}] * 2_000}

    read = read_message(mapping(_over("orders")), schemas, dumps([payload] * 40))

    assert (read.records, len(read.refusals)) == ([], MAX_REFUSALS)
    assert read.further > 2_000 * 2
    few = read_message(mapping(_over("orders")), schemas, dumps({"type": "order", "orders": [{}]}))
    assert few.refusals
    assert few.further == 0


def test_a_condition_that_does_not_fit_the_payload_is_a_refusal() -> None:
    compiled = mapping(lambda document: document["records"][0].update(when="starts_with(order.id, 'o')"))

    assert map_payload(compiled, order(id=7)).refusals[0].rule == "expression"


@pytest.mark.parametrize("broken", [{}, {"system": "shop"}, {**mapping_document(shop()), "records": [{}]}])
def test_a_document_that_cannot_be_used_is_named(broken: Document) -> None:
    with pytest.raises(ConfigurationError, match="a mapping document cannot be used"):
        SystemMapping.parse(broken)
