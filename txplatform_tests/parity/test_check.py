"""The parity check finds every difference: a missing row, an extra one, one digit."""

from datetime import date

import pytest

from txplatform.clock import utc_now
from txplatform.errors import ParityError
from txplatform.parity.check import check_parity
from txplatform.parity.report import Difference, Kind
from txplatform_tests.lake_stand import csv_of, payment
from txplatform_tests.parity.stores import NO_GRACE, Store


def test_equal_copies_are_equal_to_the_last_digit(store: Store) -> None:
    full = payment(
        "p1",
        "9999999999999999.99",
        fee="0.1000",
        description='a,"b"\n',
        items_count=7,
        settled_on="2026-02-28",
    )
    gone, hard = payment("p3"), payment("k/1#2?3%4 ü😀", "0.50", description="")
    for record in (full, hard):
        store.put(record)
    store.delete(gone)
    store.changed(full, hard, gone)
    store.changed(gone, deleted=True)
    began = utc_now()
    report = store.check()
    assert report.samples == ()
    assert (report.equal, report.checked, report.in_flight) == (True, 2, 0)
    assert report.verified_through is not None
    assert report.verified_through >= began
    assert store.check(keys=["p1", "p3", "k%2F1%232%3F3%254 ü😀"]).checked == 2


def test_each_kind_of_difference_is_found(store: Store) -> None:
    for record in (payment("same"), payment("missing"), payment("digit", "1.01"), payment("null", description="there")):
        store.put(record)
    store.put(payment("person", payer_name="Jane Doe"))
    store.put(payment("empty", description=""))
    store.put(payment("scale"), amount={"N": "12.305"})
    store.changed(
        payment("same"),
        payment("extra"),
        payment("digit", "1.02"),
        payment("person", payer_name="John Doe"),
        payment("null"),
        payment("empty"),
        payment("scale", "12.30"),
    )
    report = store.check()
    assert report.checked == 7
    assert report.counts == {Kind.MISSING: 1, Kind.EXTRA: 1, Kind.DIFFERENT: 4, Kind.SCALE: 1}
    assert set(report.samples) == {
        Difference(Kind.MISSING, "missing"),
        Difference(Kind.EXTRA, "extra"),
        Difference(Kind.DIFFERENT, "digit", "amount", "1.01", "1.02"),
        Difference(Kind.DIFFERENT, "person", "payer_name", "***", "***"),
        Difference(Kind.DIFFERENT, "null", "description", "there", None),
        Difference(Kind.DIFFERENT, "empty", "description", "", None),
        Difference(Kind.SCALE, "scale", "amount", "12.305", "12.30"),
    }
    assert report.verified_through is None
    assert store.check(keys=["same"]).equal
    assert store.check(keys=["digit", "absent"]).counts == {Kind.DIFFERENT: 1}


def test_files_are_not_compared_with_the_table(store: Store) -> None:
    store.put_file(date(2026, 1, 1), "a.csv", csv_of([payment("from-file")]))
    store.ingest_files(date(2026, 1, 1))
    report = store.check()
    assert (report.equal, report.checked, report.days) == (True, 0, 1)


def test_a_view_or_a_table_that_cannot_be_read_is_an_error(store: Store) -> None:
    with pytest.raises(ParityError, match="view"):
        check_parity(store.contract, store.clients, store.athena, store.ledger, NO_GRACE)


def test_an_item_that_the_api_did_not_write_is_a_difference_with_a_name(store: Store) -> None:
    """Also if the lake equals it, and beside records that are compared all the same."""
    store.put(payment("fine"))
    store.dynamodb.put_item(TableName=store.table, Item={"pk": {"S": "by hand"}})
    item = {"pk": {"S": "no version"}, "payment_id": {"S": "no version"}}
    store.dynamodb.put_item(TableName=store.table, Item=item)
    store.put(payment("more"), note={"S": "x"})
    store.put(payment("type"), amount={"S": "1.00"})
    store.changed(payment("fine"), payment("more"))
    report = store.check()
    assert report.counts == {Kind.UNRECOGNISED: 4}
    named = {(item.key, item.field, item.expected) for item in report.samples}
    assert {
        ("by hand", None, "it has no _version"),
        ("by hand", "amount", "is required and absent"),
        ("more", "note", "is not a field of the contract"),
        ("type", "amount", "is not of DynamoDB type N"),
    } <= named
