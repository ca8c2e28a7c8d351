"""The Athena client against a local Athena: nothing is lost between SQL and Python."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

import txplatform
from txplatform.aws import AwsClients
from txplatform.errors import AwsUnavailableError, QueryError, QueryTimeoutError
from txplatform.warehouse import statements
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.results import Column, read_csv, read_text
from txplatform.warehouse.views import refresh_view
from txplatform_tests.lake_stand import Stand

VALUES = """
SELECT CAST('12345678901234567890.123456789012345678' AS decimal(38, 18)) AS amount, 9007199254740993 AS whole,
  'a,"b"\nc' AS words, '' AS nothing, CAST(NULL AS varchar) AS absent, true AS flag, DATE '2026-02-28' AS day,
  TIMESTAMP '2026-01-01 01:02:03.000004 UTC' AS moment
"""


def test_values_keep_their_type_and_digits(stand: Stand) -> None:
    (row,) = stand.athena.arrow(VALUES).to_pylist()
    assert row == {
        "amount": Decimal("12345678901234567890.123456789012345678"),
        "whole": 9007199254740993,
        "words": 'a,"b"\nc',
        "nothing": "",
        "absent": None,
        "flag": True,
        "day": date(2026, 2, 28),
        "moment": datetime(2026, 1, 1, 1, 2, 3, 4, tzinfo=UTC),
    }


def test_data_frames_hold_decimals_and_nullable_integers(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = stand.athena.query(f"{VALUES} UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL")
    frame = frame.sort_values("whole").reset_index(drop=True)
    assert isinstance(frame["amount"][0], Decimal)
    assert (str(frame["whole"].dtype), frame["whole"][0]) == ("Int64", 9007199254740993)
    assert pd.isna(frame["whole"][1])
    assert frame["day"][0] == date(2026, 2, 28)
    settings = stand.clients.settings
    for name, value in {
        "AWS_ENDPOINT_URL": settings.endpoint_url,
        "TXP_LAKE_BUCKET": settings.lake_bucket,
        "TXP_ALERTS_TOPIC_ARN": settings.alerts_topic_arn,
        "TXP_API_URL": settings.api_url,
        "TXP_DASHBOARDS_URL": settings.dashboards_url,
    }.items():
        assert value
        monkeypatch.setenv(name, value)
    assert txplatform.query("SELECT DECIMAL '1.10' AS a")["a"].to_list() == [Decimal("1.10")]


def test_rows_of_one_null_are_rows(stand: Stand) -> None:
    assert stand.athena.arrow("SELECT CAST(NULL AS varchar) AS a UNION ALL SELECT NULL").num_rows == 2
    assert stand.athena.arrow("SELECT 1 AS a WHERE false").num_rows == 0
    result = read_csv(b'"a"\n\n""\n"x"\n', [Column("a", "varchar", 0, 0)])
    assert result["a"].to_pylist() == [None, "", "x"]


def test_show_and_describe_give_all_their_rows(stand: Stand) -> None:
    name = stand.contract.name
    stand.lake.ensure(stand.contract)
    refresh_view(stand.contract, stand.athena, stand.ledger)
    tables = stand.athena.arrow(f"SHOW TABLES '{name}*'")
    assert tables.column(0).to_pylist() == [
        name,
        *(f"{name}_{part}" for part in ("changes", "files", "quarantine", "snapshot")),
    ]
    described = [tuple(row.values()) for row in stand.athena.arrow(f"DESCRIBE {name}_changes").to_pylist()]
    assert described[0] == ("payment_id", "string", stand.contract.fields[0].description)
    assert ("amount", "decimal(18,2)") in [row[:2] for row in described]
    body = "\n".join(stand.athena.arrow(f"SHOW CREATE VIEW {name}").column(0).to_pylist())
    assert body.startswith("CREATE VIEW")
    assert statements.current_view(stand.contract, None) in body


def test_lines_are_cut_at_tabs_and_padding_is_dropped() -> None:
    columns = [Column(name, "string", 0, 0) for name in ("name", "type", "comment")]
    rows = read_text(b"id                  \tstring              \ta\tb\n\nlast\tint\n", columns).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("id", "string", "a\tb"), ("", None, None), ("last", "int", None)]
    assert read_text(b"", columns).num_rows == 0


def test_an_unknown_column_fails_as_on_athena(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    with pytest.raises(QueryError, match=r"COLUMN_NOT_FOUND.*amoumt") as raised:
        stand.athena.execute(f"SELECT amoumt FROM {stand.contract.name}_files")
    assert raised.value.query_id


def test_a_statement_that_cannot_be_sent_is_refused(stand: Stand) -> None:
    with pytest.raises(QueryError, match="refused the statement"):
        stand.athena.execute("")


def test_an_endpoint_that_does_not_answer_is_named_with_the_remedy(stand: Stand) -> None:
    nowhere = AwsClients(replace(stand.clients.settings, endpoint_url="http://127.0.0.1:1"))
    for run in (Athena(nowhere).execute, Athena(nowhere).arrow):
        with pytest.raises(AwsUnavailableError, match=r"is the endpoint http://127\.0\.0\.1:1 up\?"):
            run("SELECT 1")


def test_a_result_that_is_not_in_s3_is_an_error_with_the_remedy(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    client = stand.clients.client("athena")
    read = client.get_query_execution

    def managed(**which: Any) -> dict[str, Any]:
        """The execution as it is where Athena keeps the result by itself."""
        answer = read(**which)
        del answer["QueryExecution"]["ResultConfiguration"]
        return answer

    monkeypatch.setattr(client, "get_query_execution", managed)
    with pytest.raises(QueryError, match=r"has no result in S3\. Remedy: give the workgroup a bucket"):
        stand.athena.arrow("SELECT 1")


def test_a_statement_that_takes_too_long_is_stopped(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty = Athena(stand.clients, timeout=timedelta(0))
    client, stopped = stand.clients.client("athena"), []
    running = {"QueryExecution": {"Status": {"State": "RUNNING"}}}
    monkeypatch.setattr(client, "get_query_execution", lambda **_: running)
    monkeypatch.setattr(client, "stop_query_execution", lambda **options: stopped.append(options))
    with pytest.raises(QueryTimeoutError):
        hasty.execute("SELECT 1")
    assert len(stopped) == 1
