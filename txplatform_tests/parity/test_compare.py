"""What the comparison must not miss, on frames alone: any column, a key that is there twice."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.arrow import business_schema
from txplatform.parity import check
from txplatform.parity.check import ParityReport, check_parity
from txplatform.parity.store import DELETED, WRITTEN_AT

CONTRACTS = load_contracts()
VALUES: dict[FieldType, tuple[Any, Any]] = {
    FieldType.STRING: ("a", "b"),
    FieldType.INTEGER: (1, 2),
    FieldType.DECIMAL: (Decimal("0.01"), Decimal("0.02")),
    FieldType.BOOLEAN: (False, True),
    FieldType.DATE: (date(2026, 1, 1), date(2026, 1, 2)),
    FieldType.TIMESTAMP: (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, microsecond=1, tzinfo=UTC)),
}
COLUMNS = [
    (contract.name, field.name)
    for contract in CONTRACTS.values()
    for field in contract.fields
    if field.name not in contract.key
]


@dataclass
class View:
    """Answers every query with these rows."""

    contract: Contract
    rows: list[dict[str, Any]]

    def arrow(self, _: str) -> pa.Table:
        return pa.Table.from_pylist(self.rows, business_schema(self.contract))


def row(contract: Contract) -> dict[str, Any]:
    return {field.name: VALUES[field.type][0] for field in contract.fields}


def compared(
    monkeypatch: pytest.MonkeyPatch, contract: Contract, stored: list[dict[str, Any]], viewed: list[dict[str, Any]]
) -> ParityReport:
    written_at = datetime(2026, 1, 1, tzinfo=UTC)
    table = pa.Table.from_pylist(stored, business_schema(contract))
    frame = pl.DataFrame(table).with_columns(
        pl.lit(written_at).cast(pl.Datetime("us", "UTC")).alias(WRITTEN_AT), pl.lit(value=False).alias(DELETED)
    )
    monkeypatch.setattr(check, "read_store", lambda *_: frame)
    return check_parity(contract, None, View(contract, viewed), timedelta(0))  # type: ignore[arg-type]


@pytest.mark.parametrize(("entity", "name"), COLUMNS)
def test_a_difference_in_any_column_is_found(monkeypatch: pytest.MonkeyPatch, entity: str, name: str) -> None:
    contract = CONTRACTS[entity]
    assert compared(monkeypatch, contract, [row(contract)], [row(contract)]).equal
    for other in (VALUES[contract[name].type][1], None):
        report = compared(monkeypatch, contract, [row(contract)], [row(contract) | {name: other}])
        assert (report.missing, report.extra, report.different) == (0, 0, 1)
        assert [item.field for item in report.samples] == [name]


def test_a_key_that_is_in_the_lake_twice_is_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = CONTRACTS["payments"]
    report = compared(monkeypatch, contract, [row(contract)], [row(contract), row(contract)])
    assert (report.checked, report.missing, report.extra, report.different) == (1, 0, 1, 0)
    assert not report.equal
