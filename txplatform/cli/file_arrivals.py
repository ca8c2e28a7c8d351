"""What becomes of files after `txplatform ingest` has read its options: sent, waited for, and why one is not there."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.progress import progress_bar
from txplatform.contracts.names import Lane
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.lake.file_drops import FileDrop
    from txplatform.ledger import LandedObject, Ledger, State

_POLL_SECONDS = 1.0


def uploaded(clients: Any, bucket: str, entity: str, found: Sequence["FileDrop"]) -> list[tuple["LandedObject", bool]]:
    """Upload the files, one after the other, with a bar of their bytes."""
    from txplatform.lake.file_upload import upload

    total, sent = sum(drop.path.stat().st_size for drop in found), list[tuple["LandedObject", bool]]()
    with progress_bar("upload") as show:
        before = 0
        for drop in found:
            moved = [before]

            def count(size: int, moved: list[int] = moved, name: str = drop.path.name) -> None:
                moved[0] += size
                show(f"{name}, bytes", moved[0], total)

            sent.append(upload(clients, bucket, entity, drop, count))
            before += drop.path.stat().st_size
    return sent


def awaited(
    ledger: "Ledger", entity: str, items: Sequence["LandedObject"], timeout: int
) -> dict[str, tuple["State", "LandedObject"]]:
    """Wait until the ledger has no file pending any more, or the time is over; return what it holds of them."""
    from txplatform.ledger import State

    deadline = time.monotonic() + timeout
    with progress_bar(entity) as show:
        while True:
            entered = ledger.entered(Lane.FILES, entity, items)
            ended = [entry for state, entry in entered.values() if state is not State.PENDING]
            failing = sum(entry.attempts > 1 for state, entry in entered.values() if state is State.PENDING)
            show(f"in the lake{f', {failing} keep failing' if failing else ''}, files", len(ended), len(items))
            if len(ended) == len(items) or time.monotonic() > deadline:
                return entered
            time.sleep(_POLL_SECONDS)


def not_done(drop: "FileDrop", item: "LandedObject", entry: "LandedObject", state: "State | None", timeout: int) -> str:
    """Why a file is not in the lake, and what to do."""
    from txplatform.ledger import State

    if not timeout:
        return f"{drop.path}: uploaded to {item.uri}"
    if state is None:
        why = "the ledger does not know it yet. Remedy: look at the function landing and its queue"
    elif state is State.FAILED:
        why = f"failed: {entry.reason}. Remedy: correct the cause, then txplatform ledger redrive {item.entity}"
    elif entry.reason:
        tried = counted(entry.attempts, "attempt")
        why = f"pending after {tried}: {entry.reason}. Remedy: see the runs of {item.entity}_files in Dagster"
    else:
        why = "pending. Remedy: see that Dagster runs, with the sensor raw_files_sensor on"
    return f"{click.style(str(drop.path), bold=True)}: {click.style(why, fg='red')}"
