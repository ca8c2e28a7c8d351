"""Files in a source system's own form become rows, reasons and counts that add up."""

import gzip
import io
import json
from decimal import Decimal

import polars as pl
import pytest

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.object_gate import gate_object
from txplatform.ingest.readers import read_file
from txplatform_tests.ingest.mapping.files import csv_of, gated, golden, goldens, lines, mapping, reasons, refusable

CHARGE = golden("stripe", "charge")
INTENT = golden("stripe", "payment_intent")


def parquet(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.write_parquet(sink)
    return sink.getvalue()


def test_each_record_of_a_file_is_accepted_refused_ignored_or_of_another_entity() -> None:
    customer, deleted = golden("stripe", "customer"), golden("stripe", "customer_deleted")
    broken = {**CHARGE, "currency": "zzz"}
    pending = golden("stripe", "charge_pending")
    data = lines(CHARGE, customer, broken, pending, INTENT, deleted, {"object": "ch"}) + b'{"object":\n'

    gate = gated("stripe", "payments", "day.jsonl", data)

    assert gate.rows.to_list() == [1, 5]
    assert reasons(gate) == {
        3: [("amount", "currency"), ("currency", "enum")],
        7: [("", "unrecognised")],
        8: [("", "invalid_json")],
    }
    assert gate.tally
    assert (gate.tally.accepted, gate.tally.refused, gate.tally.others) == (2, 3, 2)
    assert gate.tally.ignored == {"pending_charge": 1}
    assert gate.tally.other_records == {"customers": 2}
    assert gate.tally.records == 8


def test_a_refused_record_keeps_its_line_and_says_where() -> None:
    broken = {**CHARGE, "amount_captured": "10.99"}

    gate = gated("stripe", "payments", "day.jsonl.gz", gzip.compress(lines(CHARGE, broken)))

    (row, payload, found) = gate.refused.row(0)
    assert (row, json.loads(payload)) == (2, broken)
    assert [(reason["field"], reason["rule"]) for reason in found] == [("amount", "type")]
    assert found[0]["message"].endswith("(at /amount_captured)")


def test_several_records_of_one_payload_are_rows_of_its_line() -> None:
    answer = golden("binance", "rest_trades")
    count = len(answer["trades"])
    one_bad = {**answer, "trades": [*answer["trades"], {**answer["trades"][0], "price": "x"}]}

    gate = gated("binance", "trades", "day.json", lines(answer, one_bad))

    assert gate.rows.to_list() == [1] * count + [2] * count
    assert gate.parts is not None
    assert gate.parts.to_list() == [*range(count)] * 2
    assert reasons(gate) == {2: [("notional", "type"), ("price", "type")]}
    assert gate.tally
    assert (gate.tally.accepted, gate.tally.refused, gate.tally.records) == (1, 1, 2)


def test_what_only_a_queue_can_take_is_refused_with_a_remedy() -> None:
    deletion, patch = golden("stripe", "customer_deleted"), golden("salesforce", "pubsub_account_update")

    (deleted,) = gated("stripe", "customers", "a.json", lines(deletion)).refused["reasons"].to_list()
    (patched,) = gated("salesforce", "customers", "a.json", lines(patch)).refused["reasons"].to_list()

    assert [reason["rule"] for reason in deleted] == ["file.delete"]
    assert [reason["rule"] for reason in patched] == ["file.patch"]
    assert all("queue" in reason["message"] for reason in (*deleted, *patched))


@pytest.mark.parametrize("name", ["payment_intent_event_on_eventbridge"])
def test_payloads_are_unwrapped(name: str) -> None:
    event = golden("stripe", name)
    notification = {"Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": json.dumps(CHARGE)}

    gate = gated("stripe", "payments", "a.jsonl", lines(event, notification, [CHARGE, INTENT]))

    assert gate.rows.to_list() == [1, 2, 3, 3]
    assert not gate.refused.height


def test_an_array_of_payloads_is_a_file_of_as_many() -> None:
    gate = gated("stripe", "payments", "a.json", json.dumps([CHARGE, {**CHARGE, "id": "ch_2"}]).encode())
    assert gate.rows.to_list() == [1, 2]
    assert gate.tally
    assert gate.tally.accepted == 2


def test_columns_of_a_csv_file_are_the_names_of_a_payload() -> None:
    dump = [
        {"e": "trade", "s": "BTCUSDT", "t": "7", "p": "65000.10", "q": "0.002", "T": "1700000000123", "m": "True",
         "M": "True"},
        {"e": "trade", "s": "BTCUSDT", "t": "8", "p": "x", "q": "0.002", "T": "1700000000123", "m": "True",
         "M": "True"},
    ]  # fmt: skip

    gate = gated("binance", "trades", "a.csv", csv_of(dump))

    assert gate.good.select("trade_id", "symbol", "side", "notional", "currency").rows() == [
        ("BTCUSDT-7", "BTCUSDT", "sell", Decimal("130.0002"), "USDT")
    ]
    assert reasons(gate) == {3: [("notional", "type"), ("price", "type")]}
    assert gate.refused["payload"].to_list() == ["trade,BTCUSDT,8,x,0.002,1700000000123,True,True"]


def test_columns_of_a_parquet_file_are_texts_and_what_has_none_is_refused() -> None:
    trade = {"e": ["trade"], "s": ["BTCUSDT"], "t": [7], "p": [Decimal("65000.10")], "q": ["0.002"], "M": [True]}
    frame = pl.DataFrame({**trade, "T": [1700000000123], "m": ["true"], "note": [0.1 + 0.2]})

    gate = gated("binance", "trades", "a.parquet", parquet(frame))

    assert gate.good.select("trade_id", "side", "notional").rows() == [("BTCUSDT-7", "sell", Decimal("130.0002"))]
    binary = refusable("binance", "trades", "a.parquet", parquet(frame.with_columns(p=pl.lit(b"65000.10"))))
    assert isinstance(binary, FileRejected)
    assert binary.rule == "file.column_type"
    assert "column p" in binary.message


def test_a_double_of_too_many_digits_refuses_its_record_alone() -> None:
    prices = pl.Series("p", [65000.1, 65000.1 + 1e-11, 65000.2])
    trade = {"e": "trade", "s": "BTCUSDT", "q": "0.002", "M": True, "T": 1700000000123, "m": "true"}
    frame = pl.DataFrame([{**trade, "t": number} for number in (7, 8, 9)]).with_columns(prices)

    gate = gated("binance", "trades", "a.parquet", parquet(frame))

    assert gate.good["notional"].to_list() == [Decimal("130.0002"), Decimal("130.0004")]
    assert gate.rows.to_list() == [1, 3]
    assert reasons(gate) == {2: [("", "type")]}
    assert "column p: binary floating point" in gate.refused["reasons"][0][0]["message"]
    assert json.loads(gate.refused["payload"][0])["p"] == repr(prices[1])
    assert gate.tally
    assert (gate.tally.accepted, gate.tally.refused) == (2, 1)


def test_messages_of_fix_are_lines_of_a_text_file() -> None:
    texts = [path.read_text(encoding="utf-8").strip() for path in goldens("fix") if path.suffix == ".txt"]
    gate = gated("fix", "trades", "a.txt", "\n".join(texts).encode())
    assert gate.tally
    assert gate.tally.records == len(texts)
    assert gate.tally.accepted > 0
    assert gate.tally.ignored["session_message"] > 0


def test_the_first_records_decide_of_whom_a_file_is_and_not_an_empty_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = mapping("stripe", "payments")
    others, own = (
        RawBatch(pl.DataFrame(), pl.Series("row", [1]), pl.Series([text])) for text in ("{}", json.dumps(CHARGE))
    )
    nothing = RawBatch(pl.DataFrame(), pl.Series("row", dtype=pl.Int64), pl.Series(dtype=pl.String))

    def outcomes(*batches: RawBatch) -> list[bool]:
        monkeypatch.setattr(found, "read", lambda *_: iter(batches))
        gate = gate_object(found.contract, "s3://lake/a", "a", io.BytesIO(), read_file, found)
        return [isinstance(outcome, FileRejected) for outcome in gate]

    assert outcomes(nothing, others, own) == [False, True]
    assert outcomes(nothing, own, others) == [False, False, False]


def test_a_file_of_another_system_is_refused_as_a_whole() -> None:
    outcome = refusable("stripe", "payments", "a.csv", b"payment_id,amount\np1,7\np2,8\n")
    assert isinstance(outcome, FileRejected)
    assert (outcome.rule, outcome.message) == (
        "file.unrecognised",
        "none of the first 2 records is a payload of stripe",
    )
    unknown = refusable("strype", "payments", "a.csv", b"")
    assert isinstance(unknown, FileRejected)
    assert unknown.rule == "file.unknown_source"
    other = refusable("binance", "payments", "a.csv", b"")
    assert isinstance(other, FileRejected)
    assert "maps nothing to payments: name one that maps to payments, of stripe, or add it" in other.message
