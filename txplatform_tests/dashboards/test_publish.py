"""Publishing replaces both pages in the lake bucket."""

from typing import Any

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html import publish
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

    def client(self, service: str) -> "FakeClients":
        assert service == "s3"
        return self

    def put_object(self, **arguments: Any) -> None:
        self.objects[arguments["Key"]] = arguments


def test_both_pages_are_put_where_they_are_served() -> None:
    clients = FakeClients()
    published = publish(
        clients, clients.settings, FakeAthena(), FakeLedger(), {"payments": EQUAL}, load_contracts(), NOW
    )  # type: ignore[arg-type]
    assert set(clients.objects) == {"dashboards/dashboard.html", "dashboards/api.html"}
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
