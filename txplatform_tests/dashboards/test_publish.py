"""Publishing replaces both pages in the lake bucket."""

from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html import publish
from txplatform.dashboards.html.api_reference import viewer_files
from txplatform.settings import Settings
from txplatform_tests.dashboards.fabricated import NOW, figures_in
from txplatform_tests.dashboards.test_queries import DIFFERENT, EQUAL, PROVEN, REASON, FakeAthena, FakeLedger


class FakeClients:
    """AWS clients of which only S3's put_object and get_object work."""

    def __init__(self) -> None:
        self.settings = Settings.from_env(
            {
                "AWS_REGION": "us-east-1",
                "TXP_LAKE_BUCKET": "lake",
                "TXP_ALERTS_TOPIC_ARN": "arn",
                "TXP_API_URL": "http://api",
                "TXP_DASHBOARDS_URL": "http://pages/dashboards",
            }
        )
        self.objects: dict[str, dict[str, Any]] = {}
        self.puts: list[str] = []

    def client(self, service: str) -> "FakeClients":
        assert service == "s3"
        return self

    def put_object(self, **arguments: Any) -> None:
        if arguments["Key"] in self.objects and arguments.get("IfNoneMatch") == "*":
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.objects[arguments["Key"]] = arguments
        self.puts.append(arguments["Key"])

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": BytesIO(self.objects[Key]["Body"])}


def test_both_pages_are_put_where_they_are_served() -> None:
    clients = FakeClients()
    published = publish(
        clients, clients.settings, FakeAthena(), FakeLedger(), {"payments": EQUAL}, load_contracts(), NOW
    )  # type: ignore[arg-type]
    viewer = {f"dashboards/{file.name}" for file in viewer_files()}
    pages = {"dashboards/dashboard.html", "dashboards/api.html"}
    kept = clients.objects["dashboards/proven/payments.json"]["Body"].decode()
    assert set(clients.objects) == pages | viewer | {"dashboards/proven/payments.json"}
    assert '"payments_daily"' in kept
    assert "net_revenue" not in kept, "it reads refunds, which are not proven"
    page = clients.objects["dashboards/dashboard.html"]
    assert page["Bucket"] == "lake"
    assert page["ContentType"].startswith("text/html")
    assert published.size_bytes == len(page["Body"])
    assert published.dashboard_url == "http://pages/dashboards/dashboard.html"
    assert published.api_url == "http://pages/dashboards/api.html"
    assert published.rows == dict.fromkeys(load_contracts(), 42)
    assert published.problems == ()


def test_a_page_with_a_gap_is_published_and_the_gap_reported() -> None:
    clients = FakeClients()
    athena = FakeAthena(broken="FROM payments_top_customers")
    published = publish(clients, clients.settings, athena, FakeLedger(), PROVEN, load_contracts(), NOW)  # type: ignore[arg-type]
    assert published.problems == (f"payments_top_customers could not be computed: {REASON}",)
    assert REASON in clients.objects["dashboards/dashboard.html"]["Body"].decode()


def test_the_viewer_is_put_once_and_the_pages_each_time() -> None:
    clients = FakeClients()
    for _ in range(2):
        publish(clients, clients.settings, FakeAthena(), FakeLedger(), PROVEN, load_contracts(), NOW)  # type: ignore[arg-type]
    puts = Counter(clients.puts)
    assert {key.partition("/")[2] for key, times in puts.items() if times == 2} == {
        *("dashboard.html", "api.html"),
        *(f"proven/{name}.json" for name in load_contracts()),
    }
    assert set(puts.values()) == {1, 2}


def test_a_viewer_that_cannot_be_put_fails_the_publication() -> None:
    clients = FakeClients()

    def refuse(**arguments: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    clients.put_object = refuse  # type: ignore[method-assign]
    with pytest.raises(ClientError, match="AccessDenied"):
        publish(clients, clients.settings, FakeAthena(), FakeLedger(), PROVEN, load_contracts(), NOW)  # type: ignore[arg-type]


def test_figures_of_what_turns_red_are_shown_as_of_the_last_proven_time() -> None:
    clients, red = FakeClients(), PROVEN | {"trades": DIFFERENT}

    def published(parity: Any, minutes: int, athena: FakeAthena) -> str:
        now = NOW + timedelta(minutes=minutes)
        publish(clients, clients.settings, athena, FakeLedger(), parity, load_contracts(), now)  # type: ignore[arg-type]
        return clients.objects["dashboards/dashboard.html"]["Body"].decode()

    assert "last proven" not in published(PROVEN, 0, FakeAthena())
    kept = clients.objects["dashboards/proven/trades.json"]["Body"]
    athena = FakeAthena()
    page = published(red, 5, athena)
    assert f"its figures are as of {NOW:%Y-%m-%d %H:%M} UTC, when they were last proven" in page
    trades = next(item for item in figures_in(page) if item["name"] == "trades")
    assert trades["as_of"] == f"as of {NOW:%Y-%m-%d %H:%M} UTC"
    assert all(mart["as_of"] and mart["rows"] == 1 for mart in trades["marts"])
    assert "withheld" not in page
    assert not [sql for sql in athena.statements if "trades_daily" in sql]
    assert clients.objects["dashboards/proven/trades.json"]["Body"] == kept
    assert "last proven" not in published(PROVEN, 10, FakeAthena())
    clients.objects["dashboards/proven/trades.json"]["Body"] = b'{"as_of": "2026-01-01T00:00:00+00:00", "sections": {}}'
    assert "its figures are withheld" in published(red, 15, FakeAthena())
