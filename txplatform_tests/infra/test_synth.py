"""The committed templates are what the code synthesises to."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra import bundle, synth


def test_committed_templates_are_not_stale(rendered: dict[str, str]) -> None:
    assert synth.stale_files(rendered) == [], "run `make synth` and commit infra/templates"


def test_a_changed_file_is_called_stale(rendered: dict[str, str]) -> None:
    changed = {**rendered, synth.ASSETS_NAME: rendered[synth.ASSETS_NAME] + " "}
    assert synth.stale_files(changed) == [synth.ASSETS_NAME]


def test_a_missing_file_is_called_stale(
    rendered: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "TEMPLATES", tmp_path)
    assert set(synth.stale_files(rendered)) == {synth.TEMPLATE_NAME, synth.ASSETS_NAME, synth.LOCK_NAME}


def test_the_template_needs_no_parameters_rules_or_custom_resources(template: dict[str, Any]) -> None:
    assert template.keys() == {"Description", "Outputs", "Resources"}
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert [kind for kind in kinds if kind.startswith("Custom::") or "CustomResource" in kind] == []


def test_the_template_says_nothing_of_the_machine_that_made_it(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert str(bundle.ROOT) not in text
    assert "aws:cdk:path" not in text
    assert not re.search(r"\b\d{12}\b", text), "an account id is written into the template"


def test_every_function_names_an_asset_that_the_deployer_can_find(template: dict[str, Any]) -> None:
    assets = json.loads((bundle.TEMPLATES / synth.ASSETS_NAME).read_text(encoding="utf-8"))
    keys = [
        resource["Properties"]["Code"]["S3Key"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assert sorted(keys) == sorted(f"{digest}.zip" for digest in assets)
