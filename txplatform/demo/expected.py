"""What the platform must hold in the end, computed from the input alone, without the code of the platform."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from txplatform.demo.files import DroppedFile, History
from txplatform.demo.messages import Kind, Message, identity
from txplatform.demo.records import Record
from txplatform.demo.system_counts import SystemCounts

MONEY = {
    "balance_transactions": "net",
    "customers": "balance",
    "disputes": "amount",
    "payments": "amount",
    "payouts": "amount",
    "refunds": "amount",
    "trades": "notional",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """Per entity: current records, the exact sum of its money field, refused messages and refused file rows.

    Refused messages are also those of source systems, of which `systems` says what becomes of all messages.
    """

    records: Mapping[str, int]
    money: Mapping[str, Decimal]
    refused_messages: Mapping[str, int]
    refused_rows: Mapping[str, int]
    systems: Mapping[str, SystemCounts]


def expect(history: History, stream: Iterable[Message]) -> Expected:
    """What is to come out of these files and messages."""
    messages = list(stream)
    records = current_records(history, messages)
    return Expected(
        records={entity: len(records[entity]) for entity in MONEY},
        money={
            entity: sum((record[field] for record in records[entity]), Decimal(0)) for entity, field in MONEY.items()
        },
        refused_messages=Counter(message.owner for message in messages if message.kind is Kind.MALFORMED),
        refused_rows=_refused_rows(history),
        systems=_systems(messages),
    )


def current_records(history: History, messages: Iterable[Message]) -> Mapping[str, list[Record]]:
    """The records of each entity in the end, as files and messages are applied one by one.

    A message outranks files, and the greatest version wins.
    """
    current: dict[tuple[str, ...], Record | None] = {}
    replaced = (history.redelivered.entity, history.redelivered.day, history.redelivered.name)
    for file in (file for file in history.files if (file.entity, file.day, file.name) != replaced):
        _take_file(current, file)
    _take_file(current, history.redelivered)

    versions: dict[tuple[str, ...], Message] = {}
    for message in messages:
        if message.record is not None:
            key = identity(message.entity, message.record)
            present = versions.get(key)
            if present is None or message.record["updated_at"] > (present.record or {})["updated_at"]:
                versions[key] = message
        for entity, record in message.further:
            current[identity(entity, record)] = record  # an entry of a ledger, which does not change
    for key, message in versions.items():
        current[key] = None if message.operation == "delete" else message.record

    return {entity: list(_live(current, entity)) for entity in MONEY}


def _systems(messages: Iterable[Message]) -> Mapping[str, SystemCounts]:
    kinds = Counter((message.system, message.kind) for message in messages if message.system is not None)
    sent: Counter[str] = Counter()
    for (system, _), count in kinds.items():
        sent[system] += count
    refused = {system: kinds[system, Kind.MALFORMED] for system in sent}
    ignored = {system: kinds[system, Kind.IGNORED] for system in sent}
    return {
        system: SystemCounts(sent[system] - ignored[system] - refused[system], ignored[system], refused[system])
        for system in sorted(sent)
    }


def _take_file(current: dict[tuple[str, ...], Record | None], file: DroppedFile) -> None:
    for record in file.records:
        key = identity(file.entity, record)
        present = current.get(key)
        if present is None or record["updated_at"] >= present["updated_at"]:
            current[key] = record


def _live(current: Mapping[tuple[str, ...], Record | None], entity: str) -> Iterable[Record]:
    return (record for key, record in current.items() if key[0] == entity and record is not None)


def _refused_rows(history: History) -> Mapping[str, int]:
    rows: Counter[str] = Counter()
    for file in history.files:
        rows[file.entity] += file.refused
    return rows
