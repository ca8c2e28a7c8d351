"""Refreshes a semantic model and waits for it: everything is committed together, or nothing."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from txplatform.dashboards.powerbi.errors import PowerBiError, PowerBiUnavailableError
from txplatform.dashboards.powerbi.refresh.service import SemanticModels

POLL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A refresh that is complete: its id, and each table's number of partitions."""

    refresh: str
    tables: dict[str, int]


def refresh_model(
    models: SemanticModels,
    model: str,
    *,
    tables: Collection[str] = (),
    apply_policy: bool = True,
    timeout_seconds: float = 7200.0,
) -> Refreshed:
    """Load tables again, by default all, and return when that is complete.

    With `apply_policy`, tables with a refresh policy load their last periods alone; without, all that they keep. A
    refresh that is under way has perhaps read before what is to be shown now, so this one begins after it. Raise
    PowerBiError with what is said of each table, when it failed; PowerBiUnavailableError when it does not end in time,
    after it was cancelled.
    """
    deadline = models.clock.monotonic() + timeout_seconds
    body: dict[str, Any] = {
        "type": "full",
        "commitMode": "transactional",
        "applyRefreshPolicy": apply_policy,
        **({"objects": [{"table": table} for table in sorted(tables)]} if tables else {}),
    }
    while (refresh := models.start(model, body)) is None:
        _pause(models, deadline, f"the refresh of model {model} that was under way")
    try:
        while (state := models.state(model, refresh)).status == "under way":
            _pause(models, deadline, f"refresh {refresh} of model {model}")
    except PowerBiUnavailableError:
        with suppress(PowerBiError):
            models.cancel(model, refresh)
        raise
    if state.status != "Completed" or state.failed:
        said = f" ({'; '.join(state.messages)})" if state.messages else ""
        raise PowerBiError(f"refresh {refresh} of model {model} is {state.status}{said}", state.failed)
    return Refreshed(refresh, state.tables)


def _pause(models: SemanticModels, deadline: float, subject: str) -> None:
    """Wait before the next question; raise PowerBiUnavailableError where there is no time for one."""
    if models.clock.monotonic() + POLL_SECONDS > deadline:
        raise PowerBiUnavailableError(f"{subject} did not end in time")
    models.clock.sleep(POLL_SECONDS)
