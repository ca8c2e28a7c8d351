"""Columns and the function's own code say the same of every payload: the same rows, reasons, places and counts."""

import io
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.mapping.mapped import POSITION, Mapped, refused_schema, rows_schema
from txplatform.ingest.mapping.payloads import read_payloads
from txplatform.ingest.row_gate import Gated
from txplatform_tests.ingest.mapping.files import golden, goldens, mapping
from txplatform_tests.ingest.mapping.mutations import changed_everywhere, mutated

ROOT = Path(__file__).parents[3]
ENTITIES = {
    "stripe": "payments",
    "binance": "trades",
    "coinbase": "trades",
    "kraken": "trades",
    "salesforce": "customers",
}
PAYLOADS = {
    name: [json.loads(path.read_text(encoding="utf-8")) for path in goldens(name) if path.suffix == ".json"]
    for name in ENTITIES
}


def decided_by_rows(found: FileMapping, raw: RawBatch) -> Gated | FileRejected:
    """What the gate makes of a file when the row engine alone decides."""

    class NoColumns:
        def map(self, raw: RawBatch) -> tuple[Mapped, pl.Series]:
            rows = pl.DataFrame(schema=rows_schema(found.contract))
            everything = pl.int_range(raw.rows.len(), dtype=pl.UInt32, eager=True).alias(POSITION)
            return Mapped(rows, pl.DataFrame(schema=refused_schema())), everything

    screen, found.screen = found.screen, NoColumns()  # pyright: ignore[reportAttributeAccessIssue]
    try:
        return found.gate(raw, first=True)
    finally:
        found.screen = screen


def check(found: FileMapping, raw: RawBatch) -> None:
    """Hold the two ways together."""
    columns, rows = found.gate(raw, first=True), decided_by_rows(found, raw)
    if isinstance(columns, FileRejected) or isinstance(rows, FileRejected):
        assert columns == rows
        return
    assert columns.refused.rows() == rows.refused.rows()
    assert columns.rows.to_list() == rows.rows.to_list()
    assert columns.good.rows() == rows.good.rows()
    assert columns.parts is not None
    assert rows.parts is not None
    assert columns.tally == rows.tally


@pytest.mark.parametrize("system", ENTITIES)
@settings(max_examples=8)
@given(data=st.data())
def test_mutations_of_payloads_mean_the_same_to_both(system: str, data: st.DataObject) -> None:
    texts = data.draw(st.lists(mutated(PAYLOADS[system]), min_size=1, max_size=12))
    [raw] = read_payloads("a.jsonl", io.BytesIO("\n".join(texts).encode("utf-8", "replace")))
    check(mapping(system, ENTITIES[system]), raw)


@pytest.mark.parametrize("text", ["\\", 'a\\"b', "a\\nb", "\\u0041"])
def test_a_backslash_means_the_same_to_both_wherever_it_stands(text: str) -> None:
    """A parser that renders what is nested without escaping it makes another text of it, or no JSON at all."""
    payloads = [
        *changed_everywhere(golden("binance", "futures_aggregate"), [text], {"a": text}, text),
        *changed_everywhere(golden("binance", "rest_trades"), [text], text),
    ]
    [raw] = read_payloads("a.jsonl", io.BytesIO("\n".join(map(json.dumps, payloads)).encode()))
    check(mapping("binance", "trades"), raw)


@pytest.mark.parametrize("entity", ["payments", "customers"])
def test_every_golden_means_the_same_to_both(entity: str) -> None:
    for system, of_entity in ENTITIES.items():
        name = entity if system == "stripe" else of_entity
        [raw] = read_payloads("a.jsonl", io.BytesIO("\n".join(map(json.dumps, PAYLOADS[system])).encode()))
        check(mapping(system, name), raw)


def test_the_guide_names_the_systems_that_go_record_by_record() -> None:
    by_row = {name for name, entity in ENTITIES.items() if mapping(name, entity).screen.plan(None).by_row}
    assert by_row == {"salesforce", "kraken"}
    guide = (ROOT / "docs" / "guides" / "files-of-a-source-system.md").read_text(encoding="utf-8")
    assert "all of Salesforce and the REST answers of Kraken go record by record" in guide
