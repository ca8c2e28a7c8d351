"""Order keys of file rows sort as texts the way their rows are ranked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.names import Lane
from txplatform.lake.order_key import LANDED_AT, file_order_keys, in_landing_order
from txplatform.ledger import LandedObject

PAYMENTS = replace(load_contracts()["payments"], tie_breakers=())
START = datetime(2026, 1, 1, tzinfo=UTC)
NUMBERED: Contract = replace(
    PAYMENTS,
    version_field="revision",
    fields=(*PAYMENTS.fields, replace(PAYMENTS["amount"], name="revision", type=FieldType.INTEGER)),
)


DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)


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
    return file_order_keys(contract, frame).to_pylist()


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


def landed(name: str, day: date = DAY, second: int = 0) -> LandedObject:
    moment = START + timedelta(seconds=second)
    return LandedObject(Lane.FILES, "payments", "lake", f"raw/payments/dt={day}/{name}", "", "etag", 1, moment, day)


def keys_of_the_first_row(objects: list[LandedObject]) -> dict[str, str]:
    """The order key of each object's first row, all of one version, by the object's place below the lane."""
    ordered = in_landing_order(objects)
    frame = pl.DataFrame(
        {
            PAYMENTS.version_field: pl.Series([START] * len(ordered), dtype=pl.Datetime("us", "UTC")),
            "dt": [item.dt for item in ordered],
            LANDED_AT: pl.Series([item.landed_at for item in ordered], dtype=pl.Datetime("us", "UTC")),
            "_row": [1] * len(ordered),
        }
    )
    keys = file_order_keys(PAYMENTS, frame).to_pylist()
    return {item.object_key.rpartition("dt=")[2]: key for item, key in zip(ordered, keys, strict=True)}


@settings(deadline=None)
@given(st.permutations([landed(name, day) for day in (DAY, NEXT) for name in ("a.csv", "b.csv", "c.csv")]))
def test_rows_of_one_version_in_files_of_one_second_are_put_apart(listed: list[LandedObject]) -> None:
    keys = keys_of_the_first_row(listed)
    assert len(set(keys.values())) == len(listed)
    for name in ("a.csv", "b.csv", "c.csv"):
        assert keys[f"{DAY}/{name}"] < keys[f"{NEXT}/{name}"]
    assert sorted(keys, key=lambda place: (place.partition("/")[2], place)) == sorted(keys, key=keys.__getitem__)


def test_a_file_that_landed_later_outranks_all_of_the_second_before() -> None:
    keys = keys_of_the_first_row([landed("z.csv"), landed("a.csv", second=1), landed("y.csv")])
    assert max(keys, key=keys.__getitem__) == f"{DAY}/a.csv"


def test_a_key_without_its_day_is_just_below_the_same_row_now() -> None:
    """Keys of rows that were committed before the day was part of them compare as they did."""
    keys = sorted(order_keys(PAYMENTS, pl.Series([START] * 2, dtype=pl.Datetime("us", "UTC")), [0, 0], [1, 2]))
    earlier = [key.rpartition("|")[0] for key in keys]
    assert sorted([*keys, *earlier]) == [earlier[0], keys[0], earlier[1], keys[1]]
