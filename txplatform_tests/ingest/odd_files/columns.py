"""Files whose columns or names are not those of the contract."""

import io

import polars as pl

from txplatform_tests.ingest.odd_files.case import FIELDS, HEADER, Odd, line, lines, record, table


def parquet(*records: dict[str, object]) -> bytes:
    sink = io.BytesIO()
    pl.DataFrame(list(records)).write_parquet(sink)
    return sink.getvalue()


_REVERSED = ",".join(reversed(FIELDS))
_FEES = table(line("k1", "1.50"), line("k2", ""), header=f"{HEADER},fees")

CASES = (
    Odd("columns-reversed", "a.csv", table(",".join(reversed(line("k1").split(","))), header=_REVERSED), ("k1",)),
    Odd("upper-case-header", "a.csv", table(line("k1"), header=HEADER.upper()), ("k1",)),
    Odd("other-names", "a.csv", table(line("k1"), header=HEADER.replace("payment_id", "paymentId")), ("k1",)),
    Odd(
        "key-column-missing", "a.csv", table(line("k1"), header=HEADER.replace("payment_id", "no")), whole="file.header"
    ),
    Odd(
        "column-missing",
        "a.csv",
        table(line("k1"), header=HEADER.replace("amount", "fee")),
        (),
        {2: "file.missing_column"},
    ),
    Odd("alias-equal", "a.csv", table(line("k1", "c1"), header=f"{HEADER},customer"), ("k1",)),
    Odd("alias-empty", "a.csv", table(line("k1", ""), header=f"{HEADER},customer"), ("k1",)),
    Odd(
        "alias-different",
        "a.csv",
        table(line("k1", "c2"), line("k2", "c1"), header=f"{HEADER},customer"),
        ("k2",),
        {2: "ambiguous"},
    ),
    Odd("unknown-column-refused", "a.csv", _FEES, whole="file.unknown_column"),
    Odd("unknown-column-ignored", "a.csv", _FEES, ("k1", "k2"), policy="ignore", unknown={"fees": 1}),
    Odd("unknown-column-without-rows", "a.csv", f"{HEADER},fees\n", whole="file.unknown_column"),
    Odd("unknown-column-of-parquet", "a.parquet", parquet(record("k1", fees="1")), whole="file.unknown_column"),
    Odd(
        "unknown-column-of-parquet-ignored",
        "a.parquet",
        parquet(record("k1", fees="1")),
        ("k1",),
        policy="ignore",
        unknown={"fees": 1},
    ),
    Odd(
        "unknown-member-refused", "a.jsonl", lines(record("k1", fees="1"), record("k2")), ("k2",), {1: "unknown_field"}
    ),
    Odd(
        "unknown-member-ignored",
        "a.jsonl",
        lines(record("k1", fees="1"), record("k2", fees=None)),
        ("k1", "k2"),
        policy="ignore",
        unknown={"fees": 1},
    ),
    Odd("unknown-null-member", "a.jsonl", lines(record("k1", fees=None)), (), {1: "unknown_field"}),
    Odd(
        "unknown-member-beside-an-alias",
        "a.jsonl",
        lines(record("k1", card={"last4": "1234", "brand": "visa"})),
        (),
        {1: "unknown_field"},
    ),
    Odd("alias-within-an-object", "a.jsonl", lines(record("k1", card={"last4": "1234"})), ("k1",)),
    Odd("member-in-another-case", "a.jsonl", lines({**record("k1"), "FEE": "1"}), (), {1: "unknown_field"}),
    Odd(
        "escaped-name", "a.jsonl", lines(lines(record("k1", fee="1")).strip().replace('"fee"', '"f\\u0065e"')), ("k1",)
    ),
)
