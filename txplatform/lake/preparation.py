"""What both lanes do around their work: tables and columns checked before, failures counted after."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from txplatform.contracts.model import Contract
from txplatform.errors import LakeError, PlatformError
from txplatform.ingest.schema_gate import mismatches
from txplatform.lake.alerts import alert_objects
from txplatform.lake.catalog import Lake
from txplatform.landed import LandedObject
from txplatform.ledger import MAX_ATTEMPTS, UNFINISHED, Ledger


def prepare(contract: Contract, lake: Lake, table: str) -> dict[str, str]:
    """Make sure that the entity's tables are there and that Glue's columns are the contract's; return those columns."""
    lake.ensure(contract)
    columns = lake.columns(table)
    found = mismatches(contract, columns)
    if found:
        raise LakeError(f"{table} does not fit contract {contract.name} {contract.version}: {'; '.join(found)}")
    return columns


@contextmanager
def counted_failures(
    lake: Lake, ledger: Ledger, entity: str, objects: Sequence[LandedObject]
) -> Generator[list[LandedObject]]:
    """Count an attempt on the objects before the work on them; yield them so counted, and note a failure's reason.

    Objects are given up once five attempts in a row ended in a terminal error of the platform, and people were told. Of
    others one alert says after five attempts that they keep failing: an outage or a defect may last, and what landed is
    taken in once it is over. What the work has marked done by then did not fail.
    """
    killed = [item.uri for item in objects if item.attempts == MAX_ATTEMPTS and item.reason == UNFINISHED]
    why = f"{MAX_ATTEMPTS} attempts were made; the last one's process was killed. They are tried again."
    alert_objects(lake.clients, entity, killed, "keep failing", why)
    tried = ledger.attempt(objects)
    try:
        yield tried
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        terminal = isinstance(error, PlatformError) and not error.retryable
        failed = ledger.failed(tried, reason, terminal=terminal)
        lost = [item for item in failed if item.terminal_attempts >= MAX_ATTEMPTS]
        failing = [item.uri for item in failed if item.attempts == MAX_ATTEMPTS and item not in lost]
        why = f"{MAX_ATTEMPTS} attempts failed, the last with {type(error).__name__}."
        remedy = f"Once the cause is mended: txplatform ledger redrive {entity}"
        if alert_objects(lake.clients, entity, [item.uri for item in lost], "given up", f"{why} {remedy}"):
            ledger.refuse(lost, reason)
        alert_objects(lake.clients, entity, failing, "keep failing", f"{why} They are tried again.")
        raise
