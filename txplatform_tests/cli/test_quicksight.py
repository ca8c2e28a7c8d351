"""`txplatform quicksight` on QuickSight of the local AWS, in this process."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from txplatform.cli.main import main
from txplatform.dashboards.quicksight import account as accounts
from txplatform.dashboards.quicksight.account import Account
from txplatform_tests.dashboards.quicksight.in_process import LocalQuickSight

OWNER = "arn:aws:quicksight:us-east-1:123456789012:user/default/owner"
SETTINGS = {
    "AWS_REGION": "us-east-1",
    "TXP_LAKE_BUCKET": "lake",
    "TXP_ALERTS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "TXP_API_URL": "http://127.0.0.1:9",
}


def test_dashboards_are_deployed_compared_and_taken_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service = LocalQuickSight()
    monkeypatch.setattr(Account, "of", lambda *_: service.account())
    monkeypatch.setattr(accounts, "_POLL_SECONDS", (0.0, 0.0))

    def run(*arguments: str, **options: Any) -> Any:
        return CliRunner().invoke(main, ["quicksight", *arguments], env=SETTINGS, **options)

    owner = ("--owner", OWNER)
    assert run("diff", *owner).exit_code == 1
    deployed = run("deploy", *owner)
    assert deployed.exit_code == 0, deployed.output
    assert "create     Dashboard   txplatform-payments" in deployed.output
    assert run("diff", *owner).exit_code == 0
    assert run("destroy", input="n\n").exit_code == 1
    taken = run("destroy", "--yes")
    assert taken.output.splitlines()[0] == "delete     Dashboard   txplatform-trades"
    assert run("deploy").exit_code == 2
    rules = tmp_path / "rules.csv"
    rules.write_text(f"entity,principal,value\ntrades,{OWNER},kraken\n", encoding="utf-8")
    refused = run("diff", *owner, "--row-rules", str(rules))
    assert (refused.exit_code, "rules.csv:2: 'trades' is no entity" in refused.output) == (1, True), refused.output
