"""Figures of a mart are held by columns, without loss."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from txplatform.dashboards.html.figures import figures_of


def test_rows_become_words_and_integers() -> None:
    table = pa.table(
        {
            "_col0": [date(2026, 1, 2), date(2026, 1, 1), None],
            "status": ["b", "a", "a"],
            "place": [10, 9, 9],
            "value": pa.array([Decimal("0.01"), Decimal("-99999999999999999999.99"), None], pa.decimal128(38, 2)),
            "count": [7, 0, 1],
        }
    )
    found = figures_of(
        table, {"day": "CAST(hour AS date)", "status": "status", "place": "place"}, {"value": 2, "count": 0}
    )
    assert found.rows == 3
    assert found.words == {"day": ["2026-01-01", "2026-01-02", None], "status": ["a", "b"], "place": ["9", "10"]}
    assert found.places == {"day": [0, 1, 2], "status": [0, 1, 0], "place": [0, 1, 0]}
    assert found.values == {"value": "-9999999999999999999999 1 ", "count": "0 7 1"}


def test_times_are_texts_of_utc() -> None:
    moments = pa.array([datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, 60_000, tzinfo=UTC)])
    found = figures_of(pa.table({"hour": moments}), {"hour": "hour"}, {})
    assert found.words["hour"] == ["2026-01-02 03:00:00", "2026-01-02 03:04:05.060"]


def test_a_figure_of_more_digits_than_its_measure_is_not_cut() -> None:
    with pytest.raises(AssertionError, match="has more than 1 digits"):
        figures_of(pa.table({"value": [Decimal("0.25")]}), {}, {"value": 1})
