"""The expected state: versions, duplicates, deletes and re-deliveries give the state that people would name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from txplatform.demo.expected import MONEY, Expected, expect
from txplatform.demo.files import DroppedFile, History
from txplatform.demo.messages import Kind, Message
from txplatform.demo.records import Record
from txplatform.demo.system_counts import SystemCounts

START = datetime(2026, 11, 20, tzinfo=UTC)


def payment(number: int, amount: str, minutes: int = 0) -> Record:
    return {"payment_id": f"p{number}", "amount": Decimal(amount), "updated_at": START + timedelta(minutes=minutes)}


def file(*records: Record, name: str = "a.csv") -> DroppedFile:
    return DroppedFile("payments", date(2026, 11, 20), name, b"", records, refused=1)


def upsert(record: Record, kind: Kind = Kind.NEW, system: str | None = None) -> Message:
    return Message("payments", kind, "", "upsert", record, system)


def outcome(messages: list[Message], first: DroppedFile, second: DroppedFile) -> Expected:
    return expect(History((first,), second), messages)


def test_the_greatest_version_wins_whatever_the_order() -> None:
    old, new = upsert(payment(1, "1.00", 1)), upsert(payment(1, "2.00", 2))
    for messages in ([old, new], [new, old], [new, old, new, old]):
        expected = outcome(messages, file(), file())
        assert (expected.records["payments"], expected.money["payments"]) == (1, Decimal("2.00"))


def test_messages_outrank_files_even_when_older() -> None:
    expected = outcome([upsert(payment(1, "2.00", 1))], file(payment(1, "9.00", 5)), file(payment(1, "9.00", 5)))
    assert expected.money["payments"] == Decimal("2.00")


def test_a_deleted_record_is_gone_and_stays_so() -> None:
    gone = Message("payments", Kind.DELETED, "", "delete", payment(1, "0", 9))
    expected = outcome([gone, upsert(payment(1, "5.00", 3))], file(payment(1, "1.00")), file(payment(1, "1.00")))
    assert expected.records["payments"] == 0
    assert expected.money["payments"] == 0


def test_a_redelivered_file_replaces_all_of_the_first() -> None:
    expected = outcome([], file(payment(1, "1.00"), payment(2, "2.00")), file(payment(2, "2.50", 1)))
    assert (expected.records["payments"], expected.money["payments"]) == (1, Decimal("2.50"))


def test_a_payload_yields_its_further_records_too() -> None:
    entry = {"transaction_id": "t1", "net": Decimal("-25.000"), "updated_at": START}
    message = replace(upsert(payment(1, "1.00"), system="stripe"), further=(("balance_transactions", entry),))
    expected = outcome([message, message], file(), file())
    assert (expected.records["payments"], expected.records["balance_transactions"]) == (1, 1)
    assert expected.money["balance_transactions"] == Decimal("-25")
    assert expected.systems["stripe"].accepted == 2, "messages, not records"


def test_refusals_are_counted_apart() -> None:
    expected = outcome([Message("payments", Kind.MALFORMED, "{")], file(), file())
    assert expected.refused_messages == {"payments": 1}
    assert expected.refused_rows == {"payments": 1}
    assert expected.records == dict.fromkeys(MONEY, 0)


def test_every_message_of_a_system_is_accepted_ignored_or_refused() -> None:
    record = payment(1, "1.00")
    messages = [
        upsert(record, system="stripe"),
        upsert(record, Kind.DUPLICATED, system="stripe"),
        upsert(payment(2, "2.00")),
        Message("payments", Kind.IGNORED, "{}", system="stripe"),
        Message("payments", Kind.MALFORMED, "{", system="stripe"),
        Message("customers", Kind.IGNORED, "{}", system="salesforce"),
    ]
    expected = outcome(messages, file(), file())
    assert expected.systems == {"salesforce": SystemCounts(ignored=1), "stripe": SystemCounts(2, 1, 1)}
    assert expected.systems["stripe"].answered == 4
    assert expected.refused_messages == {"stripe": 1}, "its own queue has the dead letter"
    assert expected.records["payments"] == 2
