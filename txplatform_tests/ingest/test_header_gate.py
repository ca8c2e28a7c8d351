"""The header gate: a file of another kind is refused whole, and says what it lacks."""

import io
from dataclasses import replace

import polars as pl
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Alignment
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.ingest.whole import read_file

PAYMENTS = load_contracts()["payments"]
HEADER = "payment_id,customer_id,merchant_id,amount,currency,status,method,created_at,updated_at"


def rejected(data: str, name: str = "x.csv") -> FileRejected:
    outcome = read_file(name, data.encode(), PAYMENTS)
    assert isinstance(outcome, FileRejected)
    return outcome


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("a,b\n1,2\n3,4\n", "found: 2, of which the contract knows none"),
        ("amount,customer\n1,2\n", "found: 2, of which the contract knows customer_id, amount"),
        ("<html>503 Slow Down</html>\n", "found: 1, of which the contract knows none (a CSV file is separated by"),
        (HEADER.replace(",", ":") + "\n1:2\n", "found: 1, of which the contract knows none (a CSV file is separated"),
    ],
)
def test_a_file_without_the_key_is_refused_whole(data: str, found: str) -> None:
    outcome = rejected(data)
    assert outcome.rule == "file.header"
    assert outcome.message.startswith("columns missing: payment_id")
    assert found in outcome.message


def test_the_message_holds_no_value_of_a_file_without_a_header() -> None:
    assert "Jane" not in rejected("Jane Doe,7.00\nJohn Doe,8.00\n").message


def test_a_parquet_file_without_the_key_is_refused_whole() -> None:
    sink = io.BytesIO()
    pl.DataFrame({"a": ["1", "2", "3"]}).write_parquet(sink)
    outcome = read_file("x.parquet", sink.getvalue(), PAYMENTS)
    assert isinstance(outcome, FileRejected)
    assert outcome.rule == "file.header"


def test_any_known_name_of_the_key_is_enough() -> None:
    assert isinstance(read_file("x.csv", b"paymentId\np1\n", PAYMENTS), RawBatch)


def test_names_may_be_in_another_case() -> None:
    row = "p1,c1,m1,1.00,EUR,captured,card,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z"
    whole = read_file("x.csv", f"{HEADER.upper()}\n{row}\n".encode(), PAYMENTS)
    assert isinstance(whole, RawBatch)
    gated = validate_rows(PAYMENTS, whole)
    assert (gated.good["payment_id"].to_list(), gated.refused.height) == (["p1"], 0)


def test_a_file_cut_after_its_first_line_is_no_empty_day() -> None:
    outcome = rejected("payment_id,customer_id,error\n")
    assert outcome.rule == "file.header"
    assert "columns missing: merchant_id, amount" in outcome.message
    whole = read_file("x.csv", HEADER.encode(), PAYMENTS)
    assert isinstance(whole, RawBatch)
    assert validate_rows(PAYMENTS, whole).good.is_empty()


def test_a_column_with_a_default_may_be_absent() -> None:
    amount = replace(PAYMENTS["amount"], alignment=Alignment(default="0.00"))
    contract = replace(PAYMENTS, fields=tuple(amount if f.name == "amount" else f for f in PAYMENTS.fields))
    assert isinstance(read_file("x.csv", HEADER.replace(",amount", "").encode(), contract), RawBatch)


def test_every_row_of_a_batch_without_a_known_column_is_validated() -> None:
    batch = RawBatch(pl.DataFrame({"a": ["1", "2", "3"]}), pl.Series([1, 2, 3]), None)
    gated = validate_rows(PAYMENTS, batch)
    assert gated.refused["row"].to_list() == [1, 2, 3]
    assert {reason["rule"] for reason in gated.refused["reasons"][2]} == {"file.missing_column"}
