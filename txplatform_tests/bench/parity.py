"""A comparison of a table with the lake: what it costs besides both stores, and whether it finds every difference.

The comparing process is one of its own. The baseline is one that reads the table with boto3 and compares nothing. The
lake is the local AWS; the table is served by a process that answers as DynamoDB does. While the first comparison goes
on, records are written and reach the lake a moment later.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from txplatform.aws import AwsClients
from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.parity.report import Kind
from txplatform.warehouse.views import refresh_view
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.bench.frame.stand import filled_stand
from txplatform_tests.lake_stand import Stand, payment
from txplatform_tests.parity.stores import Store, item_of

_ROWS = {Size.SMALL: 3_000, Size.FULL: 1_000_000}
_GRACE_SECONDS = {Size.SMALL: 10, Size.FULL: 60}
_MOST_CPU_SECONDS = 60
_MOST_MEGABYTES = 500
_WRITES = 20  # a second
SETTINGS = {size: f"{_ROWS[size]:,} records; {_WRITES} writes/s during the first comparison." for size in Size}


@dataclass
class _Table:
    """The table in its process."""

    contract: Contract
    url: str
    clients: AwsClients

    @property
    def name(self) -> str:
        return names.entity_table(self.contract.name)

    def put(self, item: Mapping[str, Any]) -> None:
        self.clients.client("dynamodb").put_item(TableName=self.name, Item=item)

    def delete(self, key: str) -> None:
        self.clients.client("dynamodb").delete_item(TableName=self.name, Key={"pk": {"S": key}})


def measure(size: Size) -> Iterator[Figure]:
    """Compare under writes, then with one difference of each kind, then each field of each contract."""
    stand = filled_stand(_ROWS[size])
    refresh_view(stand.contract, stand.athena, stand.ledger)
    with _served(stand) as table:
        progress("reading the table alone")
        baseline = _compared(stand, table, size, "read")
        progress("comparing under writes")
        with _writes(stand, table) as written:
            live = _compared(stand, table, size)
        progress("comparing with differences")
        expected = _alter(stand, table)
        found = _compared(stand, table, size)
    named = {(kind, key, field) for kind, key, field in found["samples"]}
    yield Figure("records compared", live["checked"], least=_ROWS[size], exact=True)
    yield Figure("CPU besides the stores", live["cpu"], "s", most=_MOST_CPU_SECONDS)
    yield Figure("memory of the comparing process", live["bytes"] / 1e6, "MB", most=_MOST_MEGABYTES)
    yield Figure("CPU of reading the table alone with boto3", baseline["cpu"], "s")
    yield Figure("writes meanwhile", len(written), least=1, exact=True)
    yield Figure("false alarms under writes", sum(live["counts"].values()), most=0, exact=True)
    yield Figure("differences made", len(expected), least=len(stand.contract.fields), exact=True)
    yield Figure("differences not found", len(expected - named), most=0, exact=True)
    yield Figure("differences found that were not made", len(named - expected), most=0, exact=True)
    progress("altering each field of each contract")
    fields, missed = _each_field()
    yield Figure("fields of all contracts altered", fields, least=fields, exact=True)
    yield Figure("of these not found", missed, most=0, exact=True)


@contextmanager
def _served(stand: Stand) -> Iterator[_Table]:
    """The rows of the snapshot as items, in a process that answers as DynamoDB does."""
    rows = stand.lake.table(names.snapshot_table(stand.contract.name)).scan(
        selected_fields=tuple(field.name for field in stand.contract.fields)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            for batch in rows.to_arrow_batch_reader():
                for row in batch.to_pylist():
                    record = {name: _text(value) for name, value in row.items() if value is not None}
                    lines.write(f"{json.dumps(item_of(stand.contract, record))}\n")
        command = [sys.executable, "-m", "txplatform_tests.bench.frame.item_store", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                url = f"http://127.0.0.1:{int(process.stdout.readline())}"
                clients = AwsClients(stand.with_settings(endpoint_url=url).settings)
                yield _Table(stand.contract, url, clients)
            finally:
                process.kill()


def _compared(stand: Stand, table: _Table, size: Size, what: str = "compare") -> dict[str, Any]:
    arguments = [stand.contract.name, table.url, str(_GRACE_SECONDS[size]), what]
    command = [sys.executable, "-m", "txplatform_tests.bench.frame.comparer", *arguments]
    done = subprocess.run(
        command, env={**os.environ, **stand.environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _writes(stand: Stand, table: _Table) -> Iterator[list[str]]:
    """Write records until the end of the block; each is in the lake a second or two after it is in the table."""
    stopping, written = threading.Event(), list[str]()

    def write() -> None:
        sequence = 10**9
        while not stopping.wait(1):
            changes = []
            for number in range(_WRITES):
                sequence += 1
                record = payment(f"live_{number % 12}", f"{sequence % 1000}.50", sequence - 10**9)
                table.put(item_of(stand.contract, record, sequence))
                changes.append((sequence, record, False))
                written.append(record["payment_id"])
            stopping.wait(1)
            stand.put_changes(f"live-{sequence}", changes)
            stand.ingest_changes()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        stopping.set()
        thread.join()


def _alter(stand: Stand, table: _Table) -> set[tuple[str, str, str | None]]:
    """Make one difference of each kind, and one in each field; return how they must be named."""
    contract = stand.contract
    source = stand.lake.table(names.snapshot_table(contract.name))
    count = len(contract.fields) + 3
    rows = source.scan(limit=count).to_arrow()
    records = [
        {field.name: _text(row[field.name]) for field in contract.fields if row[field.name] is not None}
        for row in rows.to_pylist()
    ]
    keys = [record["payment_id"] for record in records]
    made: set[tuple[str, str, str | None]] = set()
    others = [field for field in contract.fields if field.name not in contract.key]
    for field, record in zip(others, records, strict=False):
        table.put(item_of(contract, record | {field.name: _other(field, record.get(field.name))}, 2))
        made.add((Kind.DIFFERENT, record["payment_id"], field.name))
    ghost, doubled, scale = keys[-3:]
    table.delete(ghost)
    source.append(rows.slice(count - 2, 1))
    table.put(item_of(contract, records[-1] | {"amount": f"{records[-1]['amount']}5"}, 2))
    table.put(item_of(contract, payment("lost")))
    return made | {
        (Kind.EXTRA, ghost, None),
        (Kind.DOUBLED, doubled, None),
        (Kind.SCALE, scale, "amount"),
        (Kind.MISSING, "lost", None),
    }


def _each_field() -> tuple[int, int]:
    """Alter one field of one record each; return how many there are, and how many were not named."""
    altered, missed = 0, 0
    for entity in load_contracts():
        store = Store.of(entity)
        assert isinstance(store, Store)
        contract = store.contract
        others = [field for field in contract.fields if field.name not in contract.key]
        records = [_example(contract, number) for number in range(len(others))]
        store.changed(*records)
        for field, record in zip(others, records, strict=True):
            store.put(record | {field.name: _other(field, record.get(field.name))})
        named = {item.field for item in store.check(timedelta(0)).samples if item.kind is Kind.DIFFERENT}
        altered += len(others)
        missed += len({field.name for field in others} - named)
    return altered, missed


def _example(contract: Contract, number: int) -> dict[str, Any]:
    record = {field.name: field.example for field in contract.fields if field.example is not None}
    return record | {contract.key[0]: f"{record[contract.key[0]]}{number}"}


def _other(field: Field, value: Any) -> Any:
    """Another value of the field's type."""
    match field.type:
        case FieldType.BOOLEAN:
            return not value
        case FieldType.INTEGER:
            return int(value or 0) + 1
        case FieldType.DECIMAL:
            return str(Decimal(value or 0) + Decimal(1).scaleb(-(field.scale or 0)))
        case FieldType.DATE:
            return str(date.fromisoformat(value or "2026-01-01") + timedelta(days=1))
        case FieldType.TIMESTAMP:
            moment = parse_timestamp(value) if value else utc_now()
            return timestamp_text(moment + timedelta(microseconds=1))
        case FieldType.STRING:
            return f"{value or ''}x"


def _text(value: Any) -> Any:
    """A value of a row as the data API has it."""
    if hasattr(value, "tzinfo"):
        return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    return value if isinstance(value, bool | int) else str(value)
