"""The commands that deploy an environment: what they ask of the CDK, and the settings that they leave behind."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from infra import deploy
from infra.bundle import ROOT
from infra.environments import DEVELOPMENT, ENVIRONMENTS, PRODUCTION
from infra.node import NPX
from txplatform.errors import ConfigurationError
from txplatform.settings import STACK_OUTPUTS


def test_parameters_go_to_the_stacks_of_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "PARAMETERS", tmp_path)
    (tmp_path / "dev.json").write_text(json.dumps({"orchestration": {"UiHost": "dagster.example.org"}}))
    command = deploy.cdk_command("deploy", DEVELOPMENT, Path("assembly"), ["--verbose"])
    assert command[:7] == [*NPX, "--yes", deploy.CDK, "deploy", "--app", "assembly"]
    assert all(Path(part).is_file() for part in NPX)
    assert command[-3:] == ["--parameters", "dev-txplatform-orchestration:UiHost=dagster.example.org", "--verbose"]
    assert "--parameters" not in deploy.cdk_command("diff", DEVELOPMENT, Path("assembly"), [])
    assert "--parameters" not in deploy.cdk_command("deploy", PRODUCTION, Path("assembly"), [])


def test_parameters_of_an_unknown_stack_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "PARAMETERS", tmp_path)
    (tmp_path / "prod.json").write_text(json.dumps({"dagster": {"UiHost": "x"}}))
    with pytest.raises(ConfigurationError, match=r"no stack dagster\. Remedy: data-plane and orchestration"):
        deploy.cdk_command("deploy", PRODUCTION, Path("assembly"), [])


def test_an_unknown_action_or_environment_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match="no action launch"):
        deploy.cdk_command("launch", PRODUCTION, Path("assembly"), [])
    assert deploy.main(["deploy", ""]) == 2
    assert "ENV= one of dev, staging, prod" in capsys.readouterr().out


def test_an_account_is_prepared_without_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(deploy.subprocess, "run", run)
    assert deploy.main(["bootstrap", "aws://123456789012/eu-west-1"]) == 3
    assert calls == [[*NPX, "--yes", deploy.CDK, "bootstrap", "aws://123456789012/eu-west-1"]]


def test_outputs_become_settings_that_a_shell_reads() -> None:
    outputs = {output: f"the {output}" for output in STACK_OUTPUTS.values()}
    text = deploy.settings_text(DEVELOPMENT, {"dev-txplatform-data-plane": outputs})
    assert text.splitlines()[0] == "TXP_INSTALLATION=dev-txplatform"
    assert "TXP_LAKE_BUCKET='the LakeBucket'" in text.splitlines()
    assert len(text.splitlines()) == 1 + len(STACK_OUTPUTS)


def test_the_workflow_offers_every_environment() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8"))
    started = workflow[True]["workflow_dispatch"]  # YAML takes the word "on" for true
    assert started["inputs"]["environment"]["options"] == list(ENVIRONMENTS)


def test_what_a_deployment_would_change_is_printed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        assert options["env"]["TXP_INSTALLATION"] == "dev-txplatform"  # type: ignore[index]
        return subprocess.CompletedProcess(command, 0, stdout="3 changes")

    monkeypatch.setattr(deploy.subprocess, "run", run)
    monkeypatch.setattr(deploy, "BUILD", tmp_path)
    assert deploy.main(["diff", "dev"]) == 0
    assert [call[-3:-1] for call in calls[:1]] == [["infra.app", "dev"]]
    assert calls[1][:5] == [*NPX, "--yes", deploy.CDK, "diff"]
    assert capsys.readouterr().out == "3 changes\n"
    assert (tmp_path / "diff-dev.txt").read_text() == "3 changes"
