"""The parity check finds every difference: a missing row, an extra one, one digit."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from txplatform.clock import timestamp_text, utc_now
from txplatform.contracts import names
from txplatform.contracts.model import FieldType
from txplatform.errors import ParityError
from txplatform.parity.check import ParityReport, check_parity
from txplatform.warehouse.views import refresh_view
from txplatform_tests.lake_stand import Stand, csv_of, payment

TAGS = {FieldType.DECIMAL: "N", FieldType.INTEGER: "N"}
HOUR = timedelta(hours=1)


@pytest.fixture
def store(stand: Stand) -> Stand:
    """A stand whose entity has its operational table too."""
    stand.clients.client("dynamodb").create_table(
        TableName=names.entity_table(stand.contract.name),
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return stand


def put(stand: Stand, record: Mapping[str, Any], age: timedelta = HOUR, deleted: bool = False) -> None:
    """Write an item as the data API does."""
    fields = {name: {TAGS.get(stand.contract[name].type, "S"): str(value)} for name, value in record.items()}
    item = fields | {"pk": {"S": record["payment_id"]}, "_written_at": {"S": timestamp_text(utc_now() - age)}}
    if deleted:
        item |= {"_deleted": {"BOOL": True}}
    stand.clients.client("dynamodb").put_item(TableName=names.entity_table(stand.contract.name), Item=item)


def changed(stand: Stand, *records: tuple[Mapping[str, Any], bool]) -> None:
    stand.put_changes("changes", [(number, record, deleted) for number, (record, deleted) in enumerate(records, 1)])
    stand.ingest_changes()


def check(stand: Stand) -> ParityReport:
    refresh_view(stand.contract, stand.athena, stand.ledger)
    return check_parity(stand.contract, stand.clients, stand.athena, timedelta(minutes=1))


def test_equal_copies_are_equal_to_the_last_digit(store: Stand) -> None:
    full = payment(
        "p1", "9999999999999999.99", fee="0.1000", description='a,"b"\n', items_count=7, settled_on="2026-02-28"
    )
    gone = payment("p3")
    for record in (full, payment("p2", "0.10")):
        put(store, record)
    put(store, {name: gone[name] for name in ("payment_id", "created_at")}, deleted=True)
    changed(store, (full, False), (payment("p2", "0.10"), False), (gone, False), (gone, True))
    report = check(store)
    assert report.equal
    assert (report.checked, report.in_flight, report.samples) == (2, 0, ())


def test_each_kind_of_difference_is_found(store: Stand) -> None:
    name = {"payer_name": "Jane Doe"}
    for record in (payment("same"), payment("missing"), payment("digit", "1.01"), payment("person", **name)):
        put(store, record)
    put(store, payment("null", description="there"))
    changed(
        store,
        (payment("same"), False),
        (payment("extra"), False),
        (payment("digit", "1.02"), False),
        (payment("person", payer_name="John Doe"), False),
        (payment("null"), False),
    )
    report = check(store)
    assert not report.equal
    assert (report.checked, report.missing, report.extra, report.different) == (5, 1, 1, 3)
    found = {(item.kind, item.key, item.field, item.expected, item.actual) for item in report.samples}
    assert found == {
        ("missing", "missing", None, None, None),
        ("extra", "extra", None, None, None),
        ("different", "digit", "amount", "1.01", "1.02"),
        ("different", "person", "payer_name", "***", "***"),
        ("different", "null", "description", "there", None),
    }


def test_what_is_younger_than_the_grace_period_is_in_flight(store: Stand) -> None:
    put(store, payment("new"), age=timedelta(0))
    put(store, payment("updated", "2.00"), age=timedelta(0))
    put(store, payment("deleted"), age=timedelta(0), deleted=True)
    put(store, payment("old"), age=timedelta(minutes=2))
    changed(store, (payment("updated", "1.00"), False), (payment("deleted"), False))
    report = check(store)
    assert (report.missing, report.extra, report.different, report.in_flight) == (1, 0, 0, 3)


def test_files_are_not_compared(store: Stand) -> None:
    store.put_file(date(2026, 1, 1), "a.csv", csv_of([payment("from-file")]))
    store.ingest_files(date(2026, 1, 1))
    assert check(store).equal


def test_a_view_that_cannot_be_read_is_an_error(store: Stand) -> None:
    with pytest.raises(ParityError):
        check_parity(store.contract, store.clients, store.athena, HOUR)


def test_an_item_that_the_api_did_not_write_is_named_with_its_table(store: Stand) -> None:
    table = names.entity_table(store.contract.name)
    store.clients.client("dynamodb").put_item(TableName=table, Item={"pk": {"S": "by hand"}})
    changed(store, (payment("p1"), False))
    with pytest.raises(ParityError, match=f"table {table}: 1 items have no _written_at"):
        check(store)
