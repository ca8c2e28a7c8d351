"""What a day's files had under unknown names is in its report and metadata, and names like known ones warn."""

import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.defs.files.unknown_names import unknown_names_metadata, warn_of_unknown_names
from txplatform.lake.reporting import DayTally, day_report
from txplatform.lake.reports import FilesReport

DAY = date(2026, 1, 1)
IGNORING = replace(load_contracts()["payments"], unknown_fields="ignore")


def test_unknown_names_go_from_the_counts_of_files_to_metadata_and_warnings(caplog: pytest.LogCaptureFixture) -> None:
    tally = DayTally(unknown=Counter({"fees": 2}))
    tally.merge(DayTally(unknown=Counter({"fees": 1, "colour": 5})))
    report = day_report(DAY, tally, [], [], [], [], datetime(2026, 1, 2, tzinfo=UTC))
    assert report.unknown == {"fees": 3, "colour": 5}

    table = unknown_names_metadata(IGNORING, report.unknown)["unknown_names"]
    assert isinstance(table, dg.TableMetadataValue)
    rows = [(record.data["name"], record.data["rows"], record.data["nearest"]) for record in table.records]
    assert rows == [("colour", 5, ""), ("fees", 3, "fee")]
    assert unknown_names_metadata(IGNORING, {}) == {}

    files = FilesReport("payments", "payments_files", (report,), (), {}, {})
    warn_of_unknown_names(logging.getLogger("lane"), IGNORING, files)
    assert [record.getMessage() for record in caplog.records] == [
        "2026-01-01: fees (is fee meant?) is unknown and was left out in 3 rows"
    ]
