"""Parquet and ORC as their writers leave them: old moments, texts of JSON, stripes of any size."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from txplatform.ingest.batch import FileRejected, RawBatch, RejectedError
from txplatform.ingest.readers import orc, parquet, together
from txplatform.ingest.row_gate import Gated
from txplatform_tests.ingest.nested_files import gated, lake_values, reasons
from txplatform_tests.ingest.packed import orc_file
from txplatform_tests.ingest.packed import parquet as parquet_file
from txplatform_tests.ingest.whole import read_parquet
from txplatform_tests.lambdas.nested import purchase
from txplatform_tests.samples.nested import purchases

int96 = partial(parquet_file, use_deprecated_int96_timestamps=True)


def test_a_moment_of_int96_with_finer_digits_keeps_them_so_that_its_row_is_refused() -> None:
    whole, finer = 1_700_000_000_000_001_000, 1_700_000_000_000_001_007
    batch = read_parquet(int96(pa.table({"n": [1, 2, 3], "at": pa.array([whole, finer, None], pa.timestamp("ns"))})))
    assert isinstance(batch, RawBatch)
    expected = ["2023-11-14T22:13:20.000001000", "2023-11-14T22:13:20.000001007", None]
    assert batch.frame["at"].to_list() == expected
    assert json.loads(batch.payload_of(pl.Series([1], dtype=pl.UInt32))[0])["at"] == expected[1]


@pytest.mark.parametrize("year", [1, 1600, 9999])
def test_moments_of_int96_beyond_the_years_of_nanoseconds_are_read(year: int) -> None:
    moment = datetime(year, 12, 31, 1, 2, 3, 4)  # noqa: DTZ001 # INT96 has no zone
    batch = read_parquet(int96(pa.table({"at": pa.array([moment], pa.timestamp("us"))})))
    assert isinstance(batch, RawBatch)
    assert batch.frame["at"].to_list() == [f"{year:04}-12-31T01:02:03.000004"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.struct([("at", pa.timestamp("ns"))]), lambda moment: {"at": moment}),
        (pa.list_(pa.timestamp("ns")), lambda moment: [0, moment]),
        (pa.map_(pa.string(), pa.timestamp("ns")), lambda moment: [("x", moment)]),
    ],
)
def test_finer_digits_inside_of_a_nested_value_refuse_the_file(kind: pa.DataType, value: Any) -> None:
    for moment, is_read in ((1_000, True), (1_001, False)):
        found = read_parquet(int96(pa.table({"n": [1], "column": pa.array([value(moment)], kind)})))
        assert isinstance(found, RawBatch) == is_read
        if isinstance(found, FileRejected):
            assert (found.rule, "column 'column' hold moments finer" in found.message) == ("file.unreadable", True)


@pytest.mark.parametrize("form", [parquet_file, orc_file])
def test_json_text_in_a_column_of_texts_is_read_as_in_a_cell(form: Any) -> None:
    """Also where a text of it begins with what marks a number in the reader."""
    items = [{"sku": "A-1", "amount": text} for text in ("1.0000", "\ufdd02.0000", "\ufdd13.0000")]
    rows = [purchase_of(purchase_id=f"p{place}", line_items=json.dumps([item])) for place, item in enumerate(items)]
    found = gated(purchases(), "x", form(pa.Table.from_pylist(rows)))
    assert [row["purchase_id"] for row in lake_values(found)] == ["p0"]
    assert {place.partition("[")[0] for row in reasons(found) for place, _ in row} == {"line_items"}


def purchase_of(**fields: Any) -> dict[str, Any]:
    flat = {name: value for name, value in purchase().items() if not isinstance(value, bool | int | list | dict)}
    return flat | fields


@pytest.mark.parametrize("form", [parquet_file, orc_file])
def test_a_double_inside_of_a_nested_value_is_read_where_it_stands_for_one_decimal(form: Any) -> None:
    amounts = [1.25, 0.1 + 0.2, float("nan"), 1e15 + 0.5]
    rows = [
        purchase_of(purchase_id=f"p{place}", line_items=[{"sku": "A-1", "amount": amount}])
        for place, amount in enumerate(amounts)
    ]
    found = gated(purchases(), "x", form(pa.Table.from_pylist(rows)))
    [good] = lake_values(found)
    assert (good["purchase_id"], good["line_items"][0]["amount"]) == ("p0", Decimal("1.25"))
    assert reasons(found) == [[("line_items[0].amount", "type")]] * 3
    assert "\u22480.30000000000000004" in found.refused["payload"][0]


def test_what_is_kept_of_an_unknown_nested_column_has_no_marks() -> None:
    row = purchase_of(beyond={"a": 1.5, "b": 3, "c": "x"})
    found = gated(replace(purchases(), unknown_fields="keep"), "x", parquet_file(pa.Table.from_pylist([row])))
    assert json.loads(json.loads(lake_values(found)[0]["rest"])["beyond"]) == {"a": "1.5", "b": "3", "c": "x"}


def keeping(form: Any, **fields: Any) -> Gated:
    return gated(replace(purchases(), unknown_fields="keep"), "x", form(pa.Table.from_pylist([purchase_of(**fields)])))


MARKS = ("\ufdd0", "\ufdd1", 'a"\ufdd0', ',"\ufdd1', "\ufdd1\ufdd0\ufdd0x")


@pytest.mark.parametrize("form", [parquet_file, orc_file])
def test_what_is_kept_and_refused_loses_no_character_that_the_reader_marks_with(form: Any) -> None:
    texts = {f"t{place}": text for place, text in enumerate(MARKS)}
    [kept] = lake_values(keeping(form, **texts, inside=[*MARKS, "b"], beyond={"in": texts}))
    rest = json.loads(kept["rest"])
    assert {name: rest[name] for name in texts} == texts
    assert (json.loads(rest["inside"]), json.loads(rest["beyond"])) == ([*MARKS, "b"], {"in": texts})
    payload = json.loads(keeping(form, **texts, inside=[1, 2], total="x").refused["payload"][0])
    assert {name: payload[name] for name in texts} == texts
    assert payload["inside"] == '["1","2"]'


@pytest.mark.parametrize("form", [parquet_file, orc_file])
def test_a_nested_column_of_a_json_field_is_the_value_that_it_holds(form: Any) -> None:
    value = {"n": 1, "d": Decimal("2.50"), "yes": True, "texts": [*MARKS, "1"], "in": {"n": -3}}
    [kept] = lake_values(keeping(form, payload=value, rest={"a": 1, "b": "1"}, beyond="x"))
    assert json.loads(kept["payload"], parse_float=Decimal) == value
    assert json.loads(kept["rest"]) == {"a": 1, "b": "1", "beyond": "x"}
    assert reasons(keeping(form, payload={"n": [0.1 + 0.2]})) == [[("payload", "type")]]


@pytest.mark.parametrize("value", [b"\xff", {"in": b"\xff"}, 0.1 + 0.2, {"\ufdd0name": "x"}])
def test_a_row_with_a_value_that_cannot_be_kept_is_refused(value: Any) -> None:
    found = keeping(parquet_file, beyond=value)
    assert reasons(found) == [[("rest", "type")]]
    assert found.refused["reasons"][0][0]["message"].startswith("column beyond cannot be kept: ")
    assert lake_values(keeping(parquet_file, beyond=pa.scalar(None, pa.binary())))[0]["rest"] is None


def test_a_stripe_is_read_so_many_rows_at_a_time() -> None:
    table = pa.table({"a": pa.array(["x" * 1_000] * 40_000), "n": range(40_000)})
    batches = list(orc.read_orc(BytesIO(orc_file(table, stripe_size=1 << 30))))
    assert [before.rows[-1] + 1 for before, _ in pairwise(batches)] == [batch.rows[0] for batch in batches[1:]]
    assert batches[-1].rows[-1] == 40_000
    assert max(batch.frame.estimated_size() for batch in batches) < 20 << 20
    assert len(batches) > 1


def test_rows_that_are_too_large_to_be_unpacked_refuse_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_BYTES", 1 << 20)
    data = orc_file(pa.table({"a": pa.array(["x" * 4_000] * 600)}))
    with pytest.raises(RejectedError) as error:
        list(orc.read_orc(BytesIO(data)))
    assert error.value.outcome.rule == "file.too_large"


def test_files_without_rows_are_batches_without_rows() -> None:
    empty = pa.table({"a": pa.array([], pa.string()), "at": pa.array([], pa.timestamp("ns"))})
    for read, data in ((orc.read_orc, orc_file(empty)), (parquet.read_parquet, int96(empty))):
        [batch] = read(BytesIO(data))
        assert (batch.frame.columns, batch.rows.len()) == (["a", "at"], 0)
