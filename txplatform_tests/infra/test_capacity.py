"""A stack holds as many entities as it says, and refuses one more before AWS would."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import synth
from infra.capacity import MAX_ENTITIES
from txplatform.contracts.indexes import MAX_INDEXES
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.dynamodb import SecondaryIndex
from txplatform.errors import ConfigurationError
from txplatform_tests.infra.grants import in_words
from txplatform_tests.infra.synthesis import synthesise

ENTITIES = [f"an_entity_of_a_fairly_long_name_{number}" for number in range(MAX_ENTITIES + 1)]


def size(template: dict[str, Any], document: Any) -> int:
    """The characters of a policy as IAM counts them, without spaces; an ARN is taken to be longer than any real one."""
    match document:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Join": _}:
            return len('"arn:aws:dynamodb:ap-southeast-1:123456789012:table/"') + len(in_words(template, document))
        case dict():
            return 2 + sum(len(json.dumps(key)) + 2 + size(template, value) for key, value in document.items())
        case list():
            return 2 + sum(1 + size(template, item) for item in document)
    return len(json.dumps(document))


def test_a_full_stack_keeps_within_the_limits_of_aws(tmp_path: Path) -> None:
    indexes = [SecondaryIndex(f"index_{number}", f"field_{number}", "S", "time") for number in range(MAX_INDEXES)]
    template = {"Resources": synthesise(ENTITIES[:-1], tmp_path, indexes=indexes)}
    assert len(template["Resources"]) <= 500
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::Cognito::UserPoolClient":
                assert len(properties["AllowedOAuthScopes"]) <= 50
            case "AWS::Cognito::UserPoolResourceServer":
                assert len(properties["Scopes"]) <= 100
            case "AWS::IAM::Role":
                assert sum(size(template, policy["PolicyDocument"]) for policy in properties["Policies"]) <= 10_240
            case "AWS::IAM::ManagedPolicy":
                assert size(template, properties["PolicyDocument"]) <= 6_144


def test_one_entity_more_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"{MAX_ENTITIES + 1} entities, and a stack can hold {MAX_ENTITIES}: .* Remedy: split"
    ):
        synthesise(ENTITIES, tmp_path)


def test_the_synthesis_says_so_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    trades = load_contracts()["trades"]
    monkeypatch.setattr("infra.app.load_contracts", lambda: dict.fromkeys(ENTITIES, trades))
    assert synth.main(["--check"]) == 1
    assert f"synthesis failed: there are {MAX_ENTITIES + 1} entities" in capsys.readouterr().out
