"""`txplatform parity` on a local AWS."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from txplatform.cli.main import main
from txplatform_tests.lake_stand import BUCKET, CREDENTIALS, payment
from txplatform_tests.parity.stores import Store


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """The stand under an entity's own name, which the command reads; no other test may use that."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    first = Store.of("payments")
    store = Store(replace(first.contract, name="payments"), first.settings)
    assert store.settings.endpoint_url
    for name, value in {
        "AWS_ENDPOINT_URL": store.settings.endpoint_url,
        "TXP_LAKE_BUCKET": BUCKET,
        "TXP_ALERTS_TOPIC_ARN": store.settings.alerts_topic_arn,
        "TXP_API_URL": store.settings.api_url,
        "TXP_DASHBOARDS_URL": store.settings.dashboards_url,
        "TXP_PARITY_GRACE_SECONDS": "0",
    }.items():
        monkeypatch.setenv(name, value)
    return store


def run(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, ["parity", *arguments])


def test_a_difference_is_shown_repaired_and_gone(store: Store) -> None:
    store.put(payment("p1", "1.00"))
    store.put(payment("p2", "2.00"))
    store.changed(payment("p1", "1.00"), payment("p2", "2.01"))
    store.view()
    red = run("payments")
    assert red.exit_code == 1
    assert "payments: 2 records compared, 0 in flight; differs: 1 different; verified through no moment" in red.output
    assert "p2  amount  '2.00' → '2.01'" in red.output
    assert "Remedy: txplatform parity repair payments" in red.output
    assert run("payments", "--keys", "p1").exit_code == 0
    document = json.loads(run("payments", "--keys", "p1, p2", "--json").stdout)["payments"]
    assert (document["equal"], document["counts"], document["verified_through"]) == (False, {"different": 1}, None)
    assert document["samples"] == [
        {"kind": "different", "key": "p2", "field": "amount", "expected": "2.00", "actual": "2.01"}
    ]
    repaired = run("repair", "payments", "--json")
    assert repaired.exit_code == 0, repaired.output
    assert json.loads(repaired.stdout)["written"] == 1
    green = json.loads(run("payments", "--json").stdout)["payments"]
    assert green["equal"]
    assert green["verified_through"]
    assert "there is no contract 'nothing'" in run("nothing").output
    assert "--keys needs an entity" in run("--keys", "a").output
    assert run("--help").output.startswith("Usage:")
