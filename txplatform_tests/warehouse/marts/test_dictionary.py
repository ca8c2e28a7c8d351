"""The dictionary of measures: what is refused, and what an entity has that is not in it."""

from pathlib import Path

import pytest
import yaml

from txplatform.contracts.loader import load_contracts
from txplatform.errors import ContractError
from txplatform.warehouse.marts.default import default_mart
from txplatform.warehouse.marts.dictionary import DICTIONARY, dimensions, measures
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.measures import Count, Ratio
from txplatform_tests.samples.nested import purchases

CONTRACTS = load_contracts()
PAYMENTS = CONTRACTS["payments"]
COUNT = {"title": "A", "description": "A.", "unit": "records", "format": "#,##0", "expression": "count"}
RATE = {**COUNT, "unit": "share", "expression": "ratio(a, a)", "scale": 6}


def written(folder: Path, **entries: object) -> Path:
    path = folder / "dictionary.yaml"
    path.write_text(yaml.safe_dump({"dimensions": {}, "measures": {"payments": entries}}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"unit": "euro"}, "'unit' is 'euro'"),
        ({"format": "0,00"}, "'format' is '0,00'"),
        ({"expression": "count(amount)"}, "'expression' is 'count(amount)'"),
        ({"expression": "sum(amount) / 2"}, "'expression' is 'sum(amount) / 2'"),
        ({"expression": "sum(status)"}, "sums 'status', which is no number of payments"),
        ({"expression": "sum(nothing)"}, "sums 'nothing'"),
        ({"expression": "total"}, "'where' or 'scale' does not go with 'total'"),
        ({"scale": 2}, "'where' or 'scale' does not go with 'count'"),
        ({"where": {"status": "paid"}}, "'where' is no mapping"),
        ({"where": {"status": ["paid"]}}, "counts 'status' of paid, which the contract does not have"),
        ({"where": {"state": ["settled"]}}, "counts 'state' of settled"),
        ({"expression": "ratio(a, b)", "scale": 6}, "divides by or from 'a'"),
        ({"sql": "count(*)"}, "holds description, expression, format, sql"),
    ],
)
def test_a_measure_that_could_not_be_computed_is_refused(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    path = written(tmp_path, a={**COUNT, **changes})
    with pytest.raises(ContractError) as caught:
        measures(PAYMENTS, path)
    assert str(caught.value).startswith(f"{path}: field 'payments.a': ")
    assert problem in str(caught.value)


def test_a_ratio_must_not_be_rounded_twice(tmp_path: Path) -> None:
    value = {**COUNT, "unit": "currency", "expression": "sum(fee)"}
    assert isinstance(measures(PAYMENTS, written(tmp_path, a=value, r={**RATE, "scale": 4}))["r"].form, Ratio)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ContractError, match=r"field 'payments\.r': has fewer digits than 'a'"):
        measures(PAYMENTS, written(other, a=value, r={**RATE, "scale": 3}))


def test_every_entry_is_used_by_a_mart() -> None:
    shown = {
        (contract.name, name)
        for contract in CONTRACTS.values()
        for mart in marts(contract, CONTRACTS)
        for name in mart.measures
    }
    entries = yaml.safe_load(DICTIONARY.read_text(encoding="utf-8"))
    listed = {(entity, name) for entity, names in entries["measures"].items() for name in names}
    assert listed <= shown
    named = {name for contract in CONTRACTS.values() for mart in marts(contract, CONTRACTS) for name in mart.dimensions}
    assert set(dimensions()) <= named


def test_an_entity_without_files_has_a_mart_of_its_days_currencies_and_listed_values() -> None:
    assert "-- Dimensions: day, currency, status\n-- Measures: records, total_amount\n" in default_mart(
        CONTRACTS["disputes"]
    )
    contract = purchases()
    [mart] = marts(contract)
    assert (mart.name, mart.grain) == ("purchases_daily", mart.dimensions)
    assert isinstance(measures(contract)["records"].form, Count)
    assert "payer_email" not in default_mart(CONTRACTS["disputes"])
