"""Brings quarantined rows that pass by now into the lake, each once, whatever dies on the way.

Changes are landed again, as lines of an object whose name is made of their ids, and taken in by the changes lane; only
then are they taken out of quarantine. Their order keys are those that they always had, so what is newer stays. An
interrupted redrive that is repeated finds its object there.

Rows of files come in with their day, which is replaced by what its folder holds, in the order that its files landed in:
no row of it is doubled, and what is newer stays. The ledger has their files pending first. So if this process dies, the
sensor's next run does the rest.
"""

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from txplatform.alerts import Alerts
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.errors import LakeError
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.lake.catalog import Lake
from txplatform.lake.files import ingest_files
from txplatform.lake.landed import ingest_landed
from txplatform.lake.quarantine_removal import remove_quarantined
from txplatform.lake.quarantine_trial import Trial
from txplatform.lake.quarantined_rows import QuarantinedRow
from txplatform.ledger import LandedObject, Ledger, State
from txplatform.progress import Progress

_ROWS_OF_AN_OBJECT = 5000
_DAYS_AT_ONCE = 30


def redrive_changes(
    contract: Contract, lake: Lake, ledger: Ledger, alerts: Alerts, rows: Sequence[QuarantinedRow], progress: Progress
) -> None:
    """Land changes that pass again, have them taken in, and take them out of quarantine.

    Raises what the lane raises, and LakeError when it has abandoned them; they are in quarantine then.
    """
    parts = list(_parts(rows))
    landed = {item.sort_key: item for item in (_land(contract, lake, day, part) for day, part in parts)}
    ledger.reconcile(Lane.CHANGES, contract.name, sorted({day for day, _ in parts}))

    def waiting() -> int:
        entered = ledger.entered(Lane.CHANGES, contract.name, list(landed.values()))
        for state, entry in entered.values():
            if state is State.FAILED:
                remedy = f"correct the cause, txplatform ledger redrive {contract.name}, then repeat the command"
                raise LakeError(f"{entry.uri} was abandoned: {entry.reason}. Remedy: {remedy}")
        return len(landed) - sum(state is State.DONE for state, _ in entered.values())

    ingest_landed(contract, lake, ledger, alerts, waiting, progress)
    remove_quarantined(lake, names.quarantine_table(contract.name), [row.quarantine_id for row in rows])


def redrive_files(
    contract: Contract,
    lake: Lake,
    ledger: Ledger,
    alerts: Alerts,
    trial: Trial,
    progress: Progress,
    mappings: FileMappings | None = None,
) -> list[date]:
    """Replace the days of rows that pass again, save those with rows whose files are gone; return these days.

    Files of source systems are mapped by `mappings`.
    To replace a day of the latter would drop from quarantine what is nowhere else.
    """
    lost = {row.day for row in trial.gone}
    days = sorted({row.day for row in trial.passing} - lost)
    ledger.reopen([item for item in trial.objects if item.dt in days])
    for start in range(0, len(days), _DAYS_AT_ONCE):
        progress("days", start, len(days))
        ingest_files(contract, days[start : start + _DAYS_AT_ONCE], lake, ledger, alerts, mappings)
    return sorted(lost & {row.day for row in trial.passing})


def _parts(rows: Sequence[QuarantinedRow]) -> Iterator[tuple[date, list[QuarantinedRow]]]:
    """The rows of each day in the order of their ids, as many together as go into one object."""
    of_day = defaultdict[date, list[QuarantinedRow]](list)
    for row in sorted(rows, key=lambda row: row.quarantine_id):
        of_day[row.day].append(row)
    for day, own in sorted(of_day.items()):
        for start in range(0, len(own), _ROWS_OF_AN_OBJECT):
            yield day, own[start : start + _ROWS_OF_AN_OBJECT]


def _land(contract: Contract, lake: Lake, day: date, rows: Sequence[QuarantinedRow]) -> LandedObject:
    """Write the payloads as one object of the change landing area, unless it is there already."""
    s3 = lake.clients.client("s3")
    bucket = lake.clients.settings.lake_bucket
    digest = hashlib.sha256("".join(row.quarantine_id for row in rows).encode()).hexdigest()
    key = f"{names.lane_prefix(Lane.CHANGES, contract.name)}dt={day}/redriven-{digest}.jsonl.gz"
    content = gzip.compress("".join(f"{row.payload}\n" for row in rows).encode(), mtime=0)
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=content, IfNoneMatch="*")
    except s3.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") != "PreconditionFailed":
            raise
    head = s3.head_object(Bucket=bucket, Key=key)
    return LandedObject(
        lane=Lane.CHANGES,
        entity=contract.name,
        bucket=bucket,
        object_key=key,
        version_id=head.get("VersionId", "null"),
        etag=head["ETag"].strip('"'),
        size=head["ContentLength"],
        landed_at=head["LastModified"],
        dt=day,
    )
