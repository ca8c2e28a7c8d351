"""What fields and columns are called stands in no way of how the gate counts their rows."""

import json
from dataclasses import replace

import polars as pl
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.row_gate import Gated, validate_rows
from txplatform_tests.ingest.mapping.files import SYSTEMS, golden
from txplatform_tests.ingest.whole import read_file
from txplatform_tests.lake_stand import csv_of, payment

CONTRACTS = load_contracts()
PAYMENTS = CONTRACTS["payments"]
NAMES = ("position", "live", "row", "rule", "field", "message", "suspect", "differ", "sound", "token", "fits", "item")


@pytest.mark.parametrize("name", NAMES)
def test_a_field_of_any_name_is_validated_as_another(name: str) -> None:
    fields = tuple(replace(field, name=name) if field.name == "method" else field for field in PAYMENTS.fields)
    contract = replace(PAYMENTS, fields=fields)
    records = [payment("p1"), payment("p2", status="odd"), payment("")]
    data = csv_of([{name: record.pop("method"), **record} for record in records])
    batch = read_file("a.csv", data.encode(), contract)
    assert isinstance(batch, RawBatch)

    gated = validate_rows(contract, batch)

    assert gated.good.select("payment_id", name).rows() == [("p1", "card")]
    found = [[(reason["field"], reason["rule"]) for reason in row] for row in gated.refused["reasons"]]
    assert found == [[("status", "enum")], [("payment_id", "required")]]


@pytest.mark.parametrize("name", NAMES)
def test_a_column_of_any_name_beside_ambiguous_ones_breaks_nothing(name: str) -> None:
    records = [payment("p1", id="p1") | {name: "x"}, payment("p2", id="p3") | {name: "y"}]
    contract = replace(PAYMENTS, unknown_fields="ignore")
    batch = read_file("a.csv", csv_of(records).encode(), contract)
    assert isinstance(batch, RawBatch)

    gated = validate_rows(contract, batch)

    assert gated.good["payment_id"].to_list() == ["p1"]
    assert [[reason["rule"] for reason in row] for row in gated.refused["reasons"]] == [["ambiguous"]]


@pytest.mark.parametrize("name", ["position", "sound", "token", "item"])
def test_a_field_of_any_name_is_mapped_as_another(name: str) -> None:
    stripe = SYSTEMS["stripe"]
    fields = tuple(replace(field, name=name) if field.name == "method" else field for field in PAYMENTS.fields)
    contracts = {**CONTRACTS, "payments": replace(PAYMENTS, fields=fields)}
    mapping = FileMapping(_renamed(stripe, name), contracts["payments"], contracts)
    text = json.dumps(golden("stripe", "charge"))

    outcome = mapping.gate(RawBatch(pl.DataFrame(), pl.Series("row", [1]), pl.Series([text])), first=True)

    assert isinstance(outcome, Gated)
    assert outcome.good[name].to_list() == ["card"]


def _renamed(system: SourceSystem, name: str) -> SourceSystem:
    """The system, whose payments have another name for the field `method`."""
    records = tuple(
        replace(rule, fields={name if field == "method" else field: value for field, value in rule.fields.items()})
        if rule.entity == "payments"
        else rule
        for rule in system.records
    )
    return replace(system, records=records)
