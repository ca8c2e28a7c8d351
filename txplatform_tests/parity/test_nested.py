"""Parity of records with nested fields: every digit inside counts, and repair brings back what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.shared.items import encode_record
from lambdas.shared.validation import check_upsert
from txplatform.parity.canonical import Reader
from txplatform.parity.lake import LakeSide
from txplatform.parity.repair import Repair, RepairReport
from txplatform.parity.report import Kind
from txplatform_tests.contracts.strategies import records
from txplatform_tests.ingest.nested_files import as_changes
from txplatform_tests.lake_stand import stand_settings
from txplatform_tests.lambdas.nested import purchase, schema_of
from txplatform_tests.parity.stores import NO_GRACE, Store
from txplatform_tests.samples.nested import purchases

NUMBERS = count(1)


class Shop(Store):
    """A store of purchases, whose items and change lines the functions' own code makes."""

    def item(self, record: Mapping[str, Any]) -> dict[str, Any]:
        schema = schema_of(self.contract)
        return encode_record(schema, check_upsert(schema, record).record)

    def put(self, record: Mapping[str, Any], version: int = 1, **attributes: Any) -> None:
        identity = {name: record[name] for name in self.contract.key}
        super().put(identity, version, **(self.item(record) | attributes))

    def land_records(self, *drawn: dict[str, Any]) -> None:
        """Let change lines of these records reach the lake."""
        self.put_raw_changes(f"{next(NUMBERS)}.jsonl", as_changes(self.contract, drawn, first=next(NUMBERS) * 1000))
        assert self.ingest_changes().refused == 0


@pytest.fixture
def shop(credentials: None) -> Iterator[Shop]:
    found = Shop(replace(purchases(), name=f"purchases_{uuid4().hex[:8]}"), stand_settings())
    yield found
    found.dynamodb.delete_table(TableName=found.table)


def repair(shop: Shop) -> RepairReport:
    shop.view()
    return Repair(shop.contract, shop.clients, shop.lake, shop.ledger, shop.athena, shop.topic, NO_GRACE).run()


@settings(deadline=None, max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_nested_records_are_equal_in_table_and_lake(shop: Shop, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(records(purchases()), min_size=8, max_size=15))
    drawn = [record | {"purchase_id": f"p{next(NUMBERS)}"} for record in drawn]
    for record in drawn:
        shop.put(record)
    shop.land_records(*drawn)
    assert shop.check().equal
    reader = Reader(shop.contract)
    expected = {record["purchase_id"]: [reader.texts(shop.item(record))] for record in drawn}
    found = LakeSide(shop.contract, shop.athena).rows(expected)
    assert {key: [row.texts for row in rows] for key, rows in found.items()} == expected
    shop.fold()
    assert shop.check().equal, "from the snapshot too"


def test_one_digit_inside_is_a_difference_and_is_repaired(shop: Shop) -> None:
    before, hidden = purchase(purchase_id="a"), purchase(purchase_id="b")
    after = purchase(purchase_id="a")
    after["line_items"][1]["amount"] = "0.0002"
    changed = purchase(purchase_id="b", payload={"till": 7.5}, fees={"bank": "0.31"}, attributes=None)
    shop.land_records(before, hidden, purchase(purchase_id="c"))
    shop.fold()
    for record in (after, changed, purchase(purchase_id="c")):
        shop.put(record)
    report = shop.check()
    assert report.counts == {Kind.DIFFERENT: 2}
    found = {(item.key, item.field): (item.expected, item.actual) for item in report.samples}
    assert set(found) == {
        ("a", "line_items"),
        ("b", "payload"),
        ("b", "fees"),
        ("b", "attributes"),
    }
    assert found["b", "fees"] == ('{"bank":"0.31"}', '{"bank":"0.30"}')
    repaired = repair(shop)
    assert (repaired.differing, repaired.written, repaired.equal) == (2, 2, True)
    shop.fold()
    assert shop.check().equal


@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("shipping", {"M": {"carrier": {"S": "post"}, "door": {"S": "2"}}}),
        ("tags", {"L": [{"S": "a"}, {"NULL": True}]}),
        ("line_items", {"M": {}}),
    ],
)
def test_what_the_api_cannot_have_written_is_unrecognised(shop: Shop, field: str, attribute: dict[str, Any]) -> None:
    record = purchase()
    shop.land_records(record)
    shop.put(record, 1, **{field: attribute})
    report = shop.check()
    assert [(item.kind, item.field) for item in report.samples] == [(Kind.UNRECOGNISED, field)]


def test_more_digits_than_the_contract_has_are_a_difference_that_repair_leaves(shop: Shop) -> None:
    record = purchase()
    shop.land_records(record)
    shop.put(record, fees={"M": {"bank": {"N": "0.301"}}})
    assert shop.check().counts == {Kind.DIFFERENT: 1}
    assert (repair(shop).written, shop.check().counts) == (0, {Kind.DIFFERENT: 1})
