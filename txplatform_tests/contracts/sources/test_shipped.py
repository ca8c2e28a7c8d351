"""The shipped systems: every rule of theirs has an example payload, and every example yields what is expected."""

import json
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform_tests.contracts.sources.conftest import Read
from txplatform_tests.contracts.sources.shapes import CONTRACTS

SYSTEMS = load_systems(CONTRACTS)
EXPECTED = ".expected.json"
PAGES = Path(__file__).parents[3] / "docs" / "sources"


def payloads(system: str) -> list[Path]:
    return [path for path in sorted((SHIPPED / system).iterdir()) if not path.name.endswith(EXPECTED)]


def expected(payload: Path) -> dict[str, Any]:
    return json.loads(payload.with_name(f"{payload.stem}{EXPECTED}").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for name in SYSTEMS for path in payloads(name)], ids=lambda path: path.stem)
def test_a_payload_yields_what_is_expected(read: Read, path: Path) -> None:
    assert read(path.parent.name, path.read_text(encoding="utf-8")) == expected(path), (
        "run: txplatform contracts check --update-goldens"
    )


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_rule_has_a_payload(name: str) -> None:
    system, yields = SYSTEMS[name], [expected(path) for path in payloads(name)]

    mapped = {record["record"] for item in yields for record in item["records"]}
    refused = {
        reason for item in yields for refusal in item["refused"] for reason in (refusal["record"], refusal["rule"])
    }
    ignored = {reason for item in yields for reason in item["ignored"]}
    assert {record.name for record in system.records} <= mapped
    assert {rule.reason for rule in system.refuse} <= refused
    assert {rule.reason for rule in system.ignore} <= ignored


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_page_of_a_system_names_every_reason(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")

    reasons = {rule.reason for rule in (*SYSTEMS[name].ignore, *SYSTEMS[name].refuse)}
    assert [reason for reason in sorted(reasons) if f"`{reason}`" not in page] == []
