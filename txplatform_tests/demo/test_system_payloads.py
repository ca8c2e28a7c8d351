"""The demo's payloads of source systems: their shipped mappings read each as the record, ignored or refused it is."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.cli.mapping_trial import Trial
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.demo.generator import generate
from txplatform.demo.messages import Kind, Message
from txplatform.demo.system_lives import SYSTEMS

CONTRACTS = load_contracts()
TRIALS = {name: Trial(system, CONTRACTS) for name, system in load_systems(CONTRACTS).items() if name in SYSTEMS}


@pytest.fixture(scope="module")
def sent() -> list[Message]:
    workload = generate(CONTRACTS, datetime(2026, 11, 23, 10, tzinfo=UTC), seed=1, messages=3000, days=6)
    return [message for message in workload.messages if message.system is not None]


def read(message: Message) -> dict[str, Any]:
    assert message.system is not None
    return TRIALS[message.system].read(message.body)


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def test_each_system_sends_all_kinds(sent: list[Message]) -> None:
    kinds = Counter((message.system, message.kind) for message in sent)
    assert {system for system, _ in kinds} == set(SYSTEMS)
    assert {kind for system, kind in kinds if system == "salesforce"} == set(Kind)
    assert {kind for system, kind in kinds if system == "stripe"} == set(Kind) - {Kind.DELETED}


def test_a_payload_is_mapped_to_its_record(sent: list[Message]) -> None:
    operations: Counter[str] = Counter()
    for message in (message for message in sent if message.record is not None):
        yielded = read(message)
        assert (yielded["refused"], yielded["ignored"]) == ([], [])
        [mapped, *further] = yielded["records"]
        assert [(item["entity"], item["fields"]) for item in further] == [
            (entity, {name: as_text(value) for name, value in entry.items()}) for entity, entry in message.further
        ]
        record = {name: as_text(value) for name, value in (message.record or {}).items()}
        operations[mapped["operation"]] += 1
        assert mapped["operation"] in ("patch", message.operation)
        if mapped["operation"] == "patch":
            assert mapped["fields"].keys() >= {"customer_id", "balance", "updated_at"}
            assert mapped["fields"].items() <= record.items()
        else:
            assert mapped["fields"] == record
    assert set(operations) == {"upsert", "patch", "delete"}


def test_a_record_has_one_partial_update_at_most(sent: list[Message]) -> None:
    updates = Counter(
        message.record["customer_id"]
        for message in sent
        if message.record is not None and message.kind is Kind.UPDATED and message.system == "salesforce"
    )
    assert max(updates.values()) == 1


def test_what_must_be_ignored_or_refused_is_so(sent: list[Message]) -> None:
    reasons: dict[Kind, set[str]] = {Kind.IGNORED: set(), Kind.MALFORMED: set()}
    for message in (message for message in sent if message.record is None):
        yielded = read(message)
        assert yielded["records"] == []
        assert bool(yielded["ignored"]) == (message.kind is Kind.IGNORED)
        assert bool(yielded["refused"]) == (message.kind is Kind.MALFORMED)
        reasons[message.kind] |= {*yielded["ignored"], *(reason["rule"] for reason in yielded["refused"])}
    assert reasons[Kind.IGNORED] == {
        *("charge_of_payment_intent", "other_event", "other_object", "unfinished_payment_intent"),
    }
    assert reasons[Kind.MALFORMED] == {"currency", "enum", "invalid_json", "required", "reread", "type"}
