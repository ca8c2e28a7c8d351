"""The committed templates are what the code synthesises to."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra import bundle, synth
from txplatform.contracts.names import Function
from txplatform.errors import ConfigurationError


def test_committed_templates_are_not_stale(rendered: dict[str, str]) -> None:
    assert synth.stale_files(rendered) == [], "run `make synth` and commit infra/templates"


def test_a_changed_file_is_called_stale(rendered: dict[str, str]) -> None:
    changed = {**rendered, synth.LOCK_NAME: rendered[synth.LOCK_NAME] + " "}
    assert synth.stale_files(changed) == [synth.LOCK_NAME]


def test_a_missing_file_is_called_stale(
    rendered: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "TEMPLATES", tmp_path)
    assert set(synth.stale_files(rendered)) == {*synth.STACKS, synth.LOCK_NAME}


def test_the_template_needs_no_values_of_parameters_rules_or_custom_resources(template: dict[str, Any]) -> None:
    assert template.keys() == {"Description", "Outputs", "Parameters", "Resources"}
    assert {name: item["Default"] for name, item in template["Parameters"].items()} == {"FurtherIssuers": "[]"}
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert [kind for kind in kinds if kind.startswith("Custom::") or "CustomResource" in kind] == []


def test_the_template_says_nothing_of_the_machine_that_made_it(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert str(bundle.ROOT) not in text
    assert "aws:cdk:path" not in text
    assert not re.search(r"\b\d{12}\b", text), "an account id is written into the template"


def test_every_function_names_its_bundle_and_no_hash(template: dict[str, Any]) -> None:
    keys = [
        resource["Properties"]["Code"]["S3Key"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assert {bundle.function_of_asset(key) for key in keys} == set(Function)
    assert len(keys) == len(Function)


def test_a_key_that_names_no_function_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"the bundle 0123\.zip, .*make synth"):
        bundle.function_of_asset("0123.zip")


def test_an_edit_of_a_function_leaves_the_templates_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(bundle.ROOT / "lambdas", tmp_path / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    before = bundle.asset_hash(Function.CDC)
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    with (tmp_path / "lambdas" / "cdc" / "handler.py").open("a") as handler:
        handler.write("EDITED = True\n")
    assert bundle.asset_hash(Function.CDC) != before
    assert synth.stale_files(synth.render_templates()) == []
