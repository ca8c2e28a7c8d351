"""Repair: the differing keys, and no others, are written again through the change lane, and compared once more."""

import gzip
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.errors import ParityError, PlatformError
from txplatform.lake.changes import ingest_changes
from txplatform.lake.landed import ingest_landed
from txplatform.parity.check import check_parity
from txplatform.parity.comparison import Comparison
from txplatform.parity.emission import groups, lines, placed_rows
from txplatform.parity.rechecks import Recheck
from txplatform.parity.report import ParityReport
from txplatform.progress import Progress, silent

if TYPE_CHECKING:
    from txplatform.alerts import Alerts
    from txplatform.aws import AwsClients
    from txplatform.contracts.model import Contract
    from txplatform.lake.catalog import Lake
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena

MOST_KEYS = 100_000
_LINES = 5_000  # of one object


@dataclass(frozen=True, slots=True)
class RepairReport:
    """One repair: how many keys differed, how many were written again, in which objects, and the second comparison.

    `in_flight` counts keys that neither comparison could decide on, because they were changing; a repair that is
    repeated may. `after` compares the keys that differed. It is None where nothing did.
    """

    entity: str
    differing: int
    written: int
    in_flight: int
    objects: tuple[str, ...]
    after: ParityReport | None

    @property
    def equal(self) -> bool:
        """Whether every key was decided on, and none differs any more."""
        return not self.in_flight and (self.after is None or self.after.equal)


class Repair:
    """Repairs one entity."""

    def __init__(
        self,
        contract: "Contract",
        clients: "AwsClients",
        lake: "Lake",
        ledger: "Ledger",
        athena: "Athena",
        alerts: "Alerts",
        grace: timedelta,
    ) -> None:
        self._contract = contract
        self._clients = clients
        self._lake = lake
        self._ledger = ledger
        self._athena = athena
        self._alerts = alerts
        self._grace = grace

    def run(self, keys: Iterable[str] | None = None, progress: Progress = silent) -> RepairReport:
        """Compare all records or these record keys, write again what differs, ingest it, compare those keys.

        Raise ParityError when more than MOST_KEYS keys differ, LakeError when what was written is not ingested.
        """
        contract = self._contract
        seconds = self._grace.total_seconds()
        # What a repair that was interrupted has landed, too: while changes are pending, no key is said to differ.
        with suppress(PlatformError):  # an object that cannot be ingested leaves its keys in flight, and no others
            ingest_changes(contract, self._lake, self._ledger, self._alerts)
        comparison = Comparison.between(contract, self._clients, self._athena, self._ledger, seconds, progress)
        differing: dict[str, Recheck] = {}
        in_flight = 0
        for found in comparison.of_all() if keys is None else comparison.of_keys(keys):
            if found.in_flight:
                in_flight += 1
            else:
                differing[found.key] = found
            if len(differing) > MOST_KEYS:
                raise ParityError(
                    f"{contract.name}: more than {MOST_KEYS} keys differ. Remedy: txplatform bootstrap {contract.name}"
                )
        if not differing:
            return RepairReport(contract.name, 0, 0, in_flight, (), None)
        progress("writing differing keys again", 0, len(differing))
        placed = placed_rows(contract, self._athena, differing)
        loaded = self._ledger.loaded_generation(contract.name)
        made = {
            key: lines(contract, comparison.items, found, placed.get(key, ()), loaded)
            for key, found in differing.items()
        }
        objects = self._land([text for some in made.values() for text in some])
        ingest_landed(contract, self._lake, self._ledger, self._alerts, partial(self._waiting, set(objects)), progress)
        after = check_parity(
            contract, self._clients, self._athena, self._ledger, self._grace, keys=differing, progress=progress
        )
        written, undecided = sum(map(bool, made.values())), in_flight + after.in_flight
        return RepairReport(contract.name, len(differing), written, undecided, tuple(objects), after)

    def _land(self, texts: list[str]) -> list[str]:
        """Put the lines into the landing area and enter them into the ledger; return the objects' keys."""
        s3, day = self._clients.client("s3"), utc_now().date()
        prefix = f"{names.lane_prefix(Lane.CHANGES, self._contract.name)}dt={day}/"
        keys: list[str] = []
        for group in groups(texts, _LINES):
            body = "".join(f"{text}\n" for text in group).encode()
            key = f"{prefix}repair-{hashlib.sha256(body).hexdigest()[:32]}.jsonl.gz"
            try:
                s3.put_object(
                    Bucket=self._clients.settings.lake_bucket,
                    Key=key,
                    Body=gzip.compress(body, mtime=0),
                    ContentType="application/gzip",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "PreconditionFailed":  # else landed by an earlier try
                    raise
            keys.append(key)
        self._ledger.reconcile(Lane.CHANGES, self._contract.name, [day])
        return keys

    def _waiting(self, objects: set[str]) -> int:
        """How many of the objects are pending."""
        return sum(item.object_key in objects for item in self._ledger.pending(Lane.CHANGES, self._contract.name))
