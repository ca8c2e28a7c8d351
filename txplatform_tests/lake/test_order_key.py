"""Order keys of file rows sort as texts the way their rows are ranked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.lake.order_key import LANDED_AT, file_order_key

PAYMENTS = load_contracts()["payments"]
START = datetime(2026, 1, 1, tzinfo=UTC)
NUMBERED: Contract = replace(
    PAYMENTS,
    version_field="revision",
    fields=(*PAYMENTS.fields, replace(PAYMENTS["amount"], name="revision", type=FieldType.INTEGER)),
)


def order_keys(contract: Contract, versions: pl.Series, landed: list[int], rows: list[int]) -> list[str]:
    moments = [START + timedelta(seconds=second) for second in landed]
    frame = pl.DataFrame(
        {
            contract.version_field: versions,
            "dt": [date(2026, 1, 1)] * len(rows),
            LANDED_AT: pl.Series(moments, dtype=pl.Datetime("us", "UTC")),
            "_row": rows,
        }
    )
    return frame.select(file_order_key(contract)).to_series().to_list()


ranks = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 20)), min_size=2, max_size=6, unique=True
)


@settings(deadline=None)
@given(ranks)
def test_version_then_landing_then_row(found: list[tuple[int, int, int]]) -> None:
    moments = [START + timedelta(microseconds=version) for version, _, _ in found]
    versions = pl.Series(moments, dtype=pl.Datetime("us", "UTC"))
    keys = order_keys(PAYMENTS, versions, [landed for _, landed, _ in found], [row for _, _, row in found])
    assert [place for _, place in sorted(zip(keys, found, strict=True))] == sorted(found)


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=6))
def test_integer_versions_sort_as_numbers(versions: list[int]) -> None:
    keys = order_keys(NUMBERED, pl.Series(versions, dtype=pl.Int64), [0] * len(versions), [1] * len(versions))
    assert [version for _, version in sorted(zip(keys, versions, strict=True))] == sorted(versions)


def test_changes_outrank_files_and_a_missing_version_counts_as_the_day() -> None:
    versions = pl.Series([None, START + timedelta(days=400)], dtype=pl.Datetime("us", "UTC"))
    keys = order_keys(PAYMENTS, versions, [0, 0], [1, 1])
    assert keys[0].startswith("0|2026-01-01|")
    assert max(keys) < "1|000001|" + "0" * 40
