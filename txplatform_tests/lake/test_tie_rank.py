"""Order keys of file rows rank records of one version as the functions do."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, TieBreaker
from txplatform.contracts.render.registry import registry_document
from txplatform.lake.order_key import LANDED_AT, file_order_keys

PAYMENTS = load_contracts()["payments"]
TIED: Contract = replace(
    PAYMENTS,
    tie_breakers=(
        *PAYMENTS.tie_breakers,
        TieBreaker("items_count"),
        TieBreaker("description"),
        TieBreaker("settled_on"),
    ),
)
SCHEMA = EntitySchema.parse(loads(dumps(registry_document(TIED))))
VERSION = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(["1", "10", "1|", "1."])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"status": st.sampled_from(["authorised", "captured", "refunded", "unknown", None])},
        optional={
            "items_count": st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1),
            "description": TEXTS,
            "settled_on": st.dates(date(1999, 12, 30), date(2000, 1, 2)),
        },
    ),
    min_size=2,
    max_size=6,
)


def order_keys(contract: Contract, rows: list[dict[str, Any]], landed_at: datetime = VERSION) -> list[str]:
    """The order keys of rows of one version, each with a line of its own."""
    schema = {
        "status": pl.String,
        "items_count": pl.Int64,
        "description": pl.String,
        "settled_on": pl.Date,
        "updated_at": pl.Datetime("us", "UTC"),
        "dt": pl.Date,
        LANDED_AT: pl.Datetime("us", "UTC"),
        "_row": pl.Int64,
    }
    same = {"updated_at": VERSION, "dt": VERSION.date(), LANDED_AT: landed_at}
    frame = pl.DataFrame([row | same | {"_row": number} for number, row in enumerate(rows)], schema)
    return file_order_keys(contract, frame).to_pylist()


@settings(deadline=None)
@given(ROWS)
@example([{"status": None, "description": ""}, {"status": None}])
def test_order_keys_rank_as_the_functions_do(rows: list[dict[str, Any]]) -> None:
    canonical = [
        {name: str(value) if isinstance(value, date) else value for name, value in row.items()} for row in rows
    ]
    places = [(SCHEMA.rank_of(record), number) for number, record in enumerate(canonical)]
    keys = order_keys(TIED, rows)
    assert sorted(range(len(rows)), key=keys.__getitem__) == [number for _, number in sorted(places)]


def test_a_row_read_before_there_were_tie_breakers_is_below_all_of_its_version() -> None:
    untied = replace(PAYMENTS, tie_breakers=())
    [before] = order_keys(untied, [{"status": "refunded"}], datetime(2999, 1, 1, tzinfo=UTC))
    [ranked] = order_keys(PAYMENTS, [{"status": "authorised"}])
    [newer] = order_keys(replace(untied, version_field="settled_on"), [{"settled_on": date(2026, 1, 2)}])
    assert before < ranked < newer


def test_a_contract_without_tie_breakers_has_the_keys_that_it_had() -> None:
    [key] = order_keys(replace(PAYMENTS, tie_breakers=()), [{"status": "captured"}])
    assert key == "0|2026-01-01T00:00:00.000000Z|2026-01-01T00:00:00.000000Z|000000000000|2026-01-01"
    [key] = order_keys(PAYMENTS, [{"status": "captured"}])
    assert key == "0|2026-01-01T00:00:00.000000Z|~10002.|2026-01-01T00:00:00.000000Z|000000000000|2026-01-01"
