"""Loads an entity's whole table into the lake, while writes go on: the first time, or after its stream lost changes.

A new generation begins before the table is read. So what is read outranks every change record of before, and every
change that comes by the stream from then on outranks what is read. Rows whose items are gone, or lie elsewhere by now,
get tombstones of the generation. All of it travels as change records: docs/decisions/bootstrap.md has the reasoning.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from txplatform.alerts import Alerts
from txplatform.aws import AwsClients
from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.errors import LakeError
from txplatform.lake.absent import Absence, absent_rows
from txplatform.lake.capture import MOST_BYTES, capture, to_json
from txplatform.lake.catalog import Lake
from txplatform.lake.landed import ingest_landed
from txplatform.ledger import Ledger
from txplatform.progress import Progress
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.views import refresh_view
from txplatform.wording import counted

_FRUITLESS_ROUNDS = 3
_MOST_ITEMS = 500  # of a part: the changes lane commits up to 500 objects at once


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation of change records, and when it began by the clock of AWS."""

    number: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class BootstrapReport:
    """What a bootstrap did: items read, tombstones written for rows without an item.

    `refused` items live in the table and do not fit the contract; the lake keeps what it had of them, and quarantine
    holds them.
    """

    entity: str
    generation: int
    items: int
    tombstones: int
    refused: int


class Bootstrap:
    """One bootstrap of an entity. Doing it again, also after one that was interrupted, begins another generation."""

    def __init__(
        self, contract: Contract, lake: Lake, ledger: Ledger, athena: Athena, alerts: Alerts, progress: Progress
    ) -> None:
        self._contract = contract
        self._lake = lake
        self._clients = lake.clients
        self._dynamodb: Any = lake.clients.client("dynamodb")
        self._ledger = ledger
        self._athena = athena
        self._alerts = alerts
        self._progress = progress

    def run(self, segments: int) -> BootstrapReport:
        """Do all of it, reading the table in so many segments at a time; raise a PlatformError.

        An interrupted run has written change records that are true, and no others.
        """
        self._lake.ensure(self._contract)
        generation = start_generation(self._clients, self._contract.name)
        items = self._scan(generation, segments)
        self._ingest(generation)
        tombstones, absence, standing = 0, Absence(), 0
        known: set[tuple[Any, ...]] = set()
        while absent := self._absent(generation, absence):
            identities = {tuple(row["identity"].values()) for row in absent}
            standing = standing + 1 if identities <= known else 0
            if standing == _FRUITLESS_ROUNDS:
                raise LakeError(
                    f"{self._contract.name}: {counted(len(absent), 'row')} without an item left in the lake, whatever "
                    "tombstones they get. Remedy: look for what was refused of them in "
                    f"{names.quarantine_table(self._contract.name)}"
                )
            known = identities
            for number, part in enumerate(_parts([absent])):
                self._send(generation, f"absent-{tombstones:010d}-{number:04d}", [], part)
            tombstones += len(absent)
            self._progress("rows without an item", tombstones, tombstones)
            self._ingest(generation)
        self._ledger.set_loaded_generation(self._contract.name, generation.number)
        refresh_view(self._contract, self._athena, self._ledger)
        return BootstrapReport(self._contract.name, generation.number, items, tombstones, len(absence.refused))

    def _absent(self, generation: Generation, absence: Absence) -> list[Any]:
        return absent_rows(self._contract, self._lake, self._athena, self._ledger, generation.number, absence)

    def _scan(self, generation: Generation, segments: int) -> int:
        """Send every item of the table; return how many there are."""
        described = self._dynamodb.describe_table(TableName=self._table)["Table"]
        counts, stopping = [0] * segments, threading.Event()

        def scan(segment: int) -> None:
            for number, part in enumerate(_parts(self._pages(segment, segments))):
                if stopping.is_set():
                    return
                self._send(generation, f"items-{segment:04d}-{number:08d}", part, [])
                counts[segment] += len(part)
                self._progress("items", sum(counts), max(described.get("ItemCount", 0), sum(counts)))

        with ThreadPoolExecutor(segments) as threads:
            try:
                list(threads.map(scan, range(segments)))
            finally:
                stopping.set()
        return sum(counts)

    @property
    def _table(self) -> str:
        return names.entity_table(self._contract.name)

    def _pages(self, segment: int, segments: int) -> Iterator[list[Any]]:
        pages = self._dynamodb.get_paginator("scan")
        arguments = {"TableName": self._table, "ConsistentRead": True}
        for page in pages.paginate(**arguments, Segment=segment, TotalSegments=segments):
            yield page["Items"]

    def _send(self, generation: Generation, name: str, items: list[Any], absent: list[Any]) -> None:
        part = {
            "entity": self._contract.name,
            "generation": generation.number,
            "started_at": timestamp_text(generation.started_at),
            "part": name,
            "items": items,
            "absent": absent,
        }
        capture(self._clients, {"bootstrap": part})

    def _ingest(self, generation: Generation) -> None:
        """Take in what the generation has landed, beside whoever else does, until none of it is pending."""
        self._ledger.reconcile(Lane.CHANGES, self._contract.name, [generation.started_at.date()])
        waiting = partial(self._waiting, generation)
        ingest_landed(self._contract, self._lake, self._ledger, self._alerts, waiting, self._progress)

    def _waiting(self, generation: Generation) -> int:
        """How many objects of the generation are pending; raise LakeError when the lane has abandoned one."""
        lane, entity = Lane.CHANGES, self._contract.name
        mark, day = (
            f"/{names.BOOTSTRAP_OBJECT}{generation.number:06d}-",
            generation.started_at.date(),
        )  # where all of them landed
        lost = [item for item in self._ledger.abandoned_between(lane, entity, day, day) if mark in item.object_key]
        if lost:
            remedy = f"correct the cause, txplatform ledger redrive {entity}, then repeat the bootstrap"
            raise LakeError(f"{lost[0].uri} was abandoned: {lost[0].reason}. Remedy: {remedy}")
        return sum(mark in item.object_key for item in self._ledger.pending(lane, entity))


def start_generation(clients: AwsClients, entity: str) -> Generation:
    """Begin the entity's next generation, which the function `cdc` gives every change from now on.

    The registry keeps when each began, by which changes that are redriven find theirs.
    """
    dynamodb: Any = clients.client("dynamodb")
    key = {"entity": {"S": entity}, "item": {"S": "generation"}}
    while True:
        answer = dynamodb.get_item(TableName=names.REGISTRY_TABLE, Key=key, ConsistentRead=True)
        item = answer.get("Item", {})
        current = int(item["generation"]["N"]) if item else 1
        begun = Generation(current + 1, _moment_of(answer))
        entry = {"generation": {"N": str(begun.number)}, "at": {"S": timestamp_text(begun.started_at)}}
        history: Any = [*item.get("started", {}).get("L", []), {"M": entry}]
        try:
            dynamodb.put_item(
                TableName=names.REGISTRY_TABLE,
                Item={**key, "generation": entry["generation"], "started": {"L": history}},
                ConditionExpression="attribute_not_exists(generation) OR generation = :current",
                ExpressionAttributeValues={":current": {"N": str(current)}},
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            continue  # another bootstrap began meanwhile
        return begun


def _moment_of(answer: Mapping[str, Any]) -> datetime:
    """When AWS gave an answer, by its own clock, which this machine's may be far from."""
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)


def _parts(pages: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """The items of the pages, cut so that each part fits into an event of the function."""
    for page in pages:
        part: list[Any] = []
        size = 0
        for item in page:
            weight = len(to_json(item))
            if part and (len(part) == _MOST_ITEMS or size + weight > MOST_BYTES):
                yield part
                part, size = [], 0
            part.append(item)
            size += weight
        if part:
            yield part
