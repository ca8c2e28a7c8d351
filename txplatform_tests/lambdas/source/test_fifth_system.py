"""A source system that is not shipped: one YAML file in a folder, published, and the function takes its messages."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.mapping import publish_mapping
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.source.conftest import Cloud, received

CRM = Path(__file__).parents[2] / "samples" / "crm.yaml"
DEAD_LETTERS = names.source_dead_letter_queue("crm")
ENTERED = {
    "change": "entered",
    "number": " K-1 ",
    "person": {"first": "Ada", "last": "Lovelace"},
    "mail": "",
    "address": {"line": "1 Mill Lane", "town": "London", "country": "gb"},
    "tier": "C",
    "open_items": "1.234,50",
    "newsletter": "ja",
    "entered_at": "2026-03-02T09:30:00+01:00",
}

pytestmark = pytest.mark.usefixtures("wired")
Deliver = Callable[..., list[str]]


def export(*accounts: dict[str, Any], minute: int = 0, **about: Any) -> dict[str, Any]:
    return {"export": {"at": f"2026-03-02T10:{minute:02d}:00.5+01:00", **about}, "accounts": list(accounts)}


@pytest.fixture
def deliver(tmp_path: Path, dynamodb: Any, cloud: Cloud, messages: Callable[..., Any]) -> Deliver:
    """Publishes the one file of the folder; hands messages of the CRM's queue to the function."""
    (tmp_path / "sources").mkdir()
    shutil.copy(CRM, tmp_path / "sources")
    [system] = load_systems(load_contracts(), tmp_path).values()
    assert system.name not in load_systems(load_contracts())
    publish_mapping(dynamodb, system)
    cloud("sqs").create_queue(QueueName=DEAD_LETTERS)

    def call(*bodies: Any) -> list[str]:
        answer = handler(messages(*bodies, system="crm"), CONTEXT)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    return call


def customers(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """The live customers: key to item."""
    items = cloud("dynamodb").scan(TableName=names.entity_table("customers"))["Items"]
    return {item["pk"]["S"]: item for item in items if not item.get("_deleted")}


def test_its_records_are_stored_changed_and_deleted(deliver: Deliver, cloud: Cloud, counted: Counted) -> None:
    changed = {"change": "changed", "number": "K-1", "open_items": "-1.000.000,05"}

    assert deliver(export(ENTERED, {**ENTERED, "number": "K-2"})) == []
    assert (
        deliver([export(changed, minute=1), export(minute=2)], export({"change": "erased", "number": "K-2"}, minute=3))
        == []
    )

    stored = customers(cloud)
    assert stored.keys() == {"K-1"}
    assert stored["K-1"]["balance"] == {"N": "-1000000.05"}
    assert (stored["K-1"]["name"], stored["K-1"]["country"]) == ({"S": "Ada Lovelace"}, {"S": "GB"})
    assert stored["K-1"]["created_at"] == {"S": "2026-03-02T08:30:00.000000Z"}
    assert "email" not in stored["K-1"]
    counts = counted()["System", "crm"]
    assert [counts[name] for name in names.MESSAGE_METRICS] == [3, 0, 0]
    assert received(cloud, DEAD_LETTERS) == []


def test_what_it_sends_wrong_is_refused_with_its_place_and_an_empty_export_is_ignored(
    deliver: Deliver, cloud: Cloud, counted: Counted
) -> None:
    assert (
        deliver(export(ENTERED, {**ENTERED, "number": "K-2", "tier": "Z"}), export(), export(ENTERED, truncated=True))
        == []
    )

    assert customers(cloud).keys() == {"K-1"}
    reasons = [
        [(reason["field"], reason["pointer"], reason["rule"]) for reason in dead_letter["reasons"]]
        for dead_letter in received(cloud, DEAD_LETTERS)
    ]
    assert reasons == [[("segment", "/accounts/1/tier", "enum")], [("", "", "truncated")]]
    counts = counted()["System", "crm"]
    assert [counts[name] for name in names.MESSAGE_METRICS] == [0, 1, 2]
