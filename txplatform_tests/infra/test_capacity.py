"""A stack holds as many entities as it says, and refuses one more before AWS would."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra import synth
from infra.capacity import MAX_ENTITIES, RESOURCES_OF_ALL, RESOURCES_OF_ENTITY, RESOURCES_OF_SYSTEM
from txplatform.contracts.indexes import MAX_INDEXES
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.dynamodb import SecondaryIndex
from txplatform.errors import ConfigurationError
from txplatform_tests.infra.grants import in_words
from txplatform_tests.infra.synthesis import synthesise

STRIPE = load_systems(load_contracts())["stripe"]
MAX_SYSTEMS = (RESOURCES_OF_ALL - 3 * RESOURCES_OF_ENTITY) // RESOURCES_OF_SYSTEM
SYSTEMS = [replace(STRIPE, name=f"a_system_{number}") for number in range(MAX_SYSTEMS + 1)]
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


@pytest.mark.parametrize(("entities", "systems"), [(MAX_ENTITIES, 0), (3, MAX_SYSTEMS)])
def test_a_full_stack_keeps_within_the_limits_of_aws(entities: int, systems: int, tmp_path: Path) -> None:
    indexes = [SecondaryIndex(f"index_{number}", f"field_{number}", "S", "time") for number in range(MAX_INDEXES)]
    template = {"Resources": synthesise(ENTITIES[:entities], tmp_path, indexes=indexes, systems=SYSTEMS[:systems])}
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


def test_one_system_more_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"3 entities and {MAX_SYSTEMS + 1} source systems, and a stack"):
        synthesise(ENTITIES[:3], tmp_path, systems=SYSTEMS)


def test_one_entity_more_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError,
        match=rf"{MAX_ENTITIES + 1} entities and 0 source systems, and a stack .* Remedy: split",
    ):
        synthesise(ENTITIES, tmp_path)


def test_the_synthesis_says_so_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    trades = load_contracts()["trades"]
    monkeypatch.setattr("infra.app.load_systems", lambda *_: {})
    monkeypatch.setattr("infra.app.load_contracts", lambda _: dict.fromkeys(ENTITIES, trades))
    assert synth.main(["--check"]) == 1
    assert f"synthesis failed: there are {MAX_ENTITIES + 1} entities" in capsys.readouterr().out
