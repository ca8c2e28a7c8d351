"""Publishing replaces both pages in the lake bucket."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html import publish
from txplatform.dashboards.html.api_reference import viewer_files
from txplatform.settings import Settings
from txplatform_tests.dashboards.fabricated import NOW
from txplatform_tests.dashboards.test_queries import EQUAL, PROVEN, REASON, FakeAthena, FakeLedger


class FakeClients:
    """AWS clients of which only S3's put_object works."""

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


def test_both_pages_are_put_where_they_are_served() -> None:
    clients = FakeClients()
    published = publish(
        clients, clients.settings, FakeAthena(), FakeLedger(), {"payments": EQUAL}, load_contracts(), NOW
    )  # type: ignore[arg-type]
    viewer = {f"dashboards/{file.name}" for file in viewer_files()}
    assert set(clients.objects) == {"dashboards/dashboard.html", "dashboards/api.html"} | viewer
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
    athena = FakeAthena(broken="payments_top_customers")
    published = publish(clients, clients.settings, athena, FakeLedger(), PROVEN, load_contracts(), NOW)  # type: ignore[arg-type]
    assert published.problems == (f"top customers could not be computed: {REASON}",)
    assert REASON in clients.objects["dashboards/dashboard.html"]["Body"].decode()


def test_the_viewer_is_put_once_and_the_pages_each_time() -> None:
    clients = FakeClients()
    for _ in range(2):
        publish(clients, clients.settings, FakeAthena(), FakeLedger(), PROVEN, load_contracts(), NOW)  # type: ignore[arg-type]
    puts = Counter(clients.puts)
    assert {key for key, times in puts.items() if times == 2} == {"dashboards/dashboard.html", "dashboards/api.html"}
    assert set(puts.values()) == {1, 2}


def test_a_viewer_that_cannot_be_put_fails_the_publication() -> None:
    clients = FakeClients()

    def refuse(**arguments: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    clients.put_object = refuse  # type: ignore[method-assign]
    with pytest.raises(ClientError, match="AccessDenied"):
        publish(clients, clients.settings, FakeAthena(), FakeLedger(), PROVEN, load_contracts(), NOW)  # type: ignore[arg-type]
