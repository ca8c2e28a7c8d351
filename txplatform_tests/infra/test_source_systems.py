"""What a source system brings to the stack: its queue, and the secret of its webhooks."""

import json
from pathlib import Path
from typing import Any

from infra.capacity import RESOURCES_OF_SYSTEM
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform_tests.infra.synthesis import LISTS, of_type, synthesise

ENTITIES = list(load_contracts())
SYSTEMS = load_systems(load_contracts())


def test_only_a_system_that_posts_has_a_secret_and_no_value_is_in_the_template(template: dict[str, Any]) -> None:
    secrets = {item["Name"]: item for item in of_type(template, "AWS::SecretsManager::Secret").values()}
    posting = {names.webhook_secret(name) for name, system in SYSTEMS.items() if system.webhook}
    assert posting
    assert {name for name in secrets if name.endswith("-webhook")} == posting
    for name in posting:
        assert secrets[name].keys() == {"Name", "Description"}


def test_a_new_source_system_is_one_file_and_replaces_nothing(tmp_path: Path) -> None:
    contracts = load_contracts()
    text = (SHIPPED / "stripe.yaml").read_text().replace("name: stripe", "name: terminal", 1)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "terminal.yaml").write_text(text)
    systems = list(SYSTEMS.values())
    added = load_systems(contracts, tmp_path)["terminal"]

    before = synthesise(ENTITIES, tmp_path / "before", systems=systems)
    after = synthesise(ENTITIES, tmp_path / "after", systems=[*systems, added])

    assert before.keys() < after.keys()
    changed = [key for key, resource in before.items() if resource["Type"] not in LISTS and after[key] != resource]
    assert changed == []
    (door,) = [item for item in after.values() if item["Properties"].get("FunctionName") == "txplatform-webhook"]
    assert "terminal" in json.loads(door["Properties"]["Environment"]["Variables"]["TXP_WEBHOOKS"])
    new = {key: item for key, item in after.items() if key not in before}
    assert len(new) == RESOURCES_OF_SYSTEM
    assert sorted(item["Properties"]["QueueName"] for item in new.values() if item["Type"] == "AWS::SQS::Queue") == [
        names.source_queue("terminal"),
        names.source_dead_letter_queue("terminal"),
    ]
