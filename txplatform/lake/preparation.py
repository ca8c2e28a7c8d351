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

    After five attempts one alert says that objects are given up, for a terminal error of the platform, or that they
    keep failing, for any other: an outage or a defect may last, and what landed is taken in once it is over.
    """
    killed = [item.uri for item in objects if item.attempts == MAX_ATTEMPTS and item.reason == UNFINISHED]
    why = f"{MAX_ATTEMPTS} attempts were made; the last one's process was killed. They are tried again."
    alert_objects(lake.clients, entity, killed, "keep failing", why)
    tried = ledger.attempt(objects)
    try:
        yield tried
    except Exception as error:
        terminal = isinstance(error, PlatformError) and not error.retryable
        given_up = ledger.failed(tried, f"{type(error).__name__}: {error}", terminal=terminal)
        failing = [item for item in tried if item.attempts == MAX_ATTEMPTS and not terminal]
        why = f"{MAX_ATTEMPTS} attempts failed, the last with {type(error).__name__}."
        remedy = f"Once the cause is mended: txplatform ledger redrive {entity}"
        alert_objects(lake.clients, entity, [item.uri for item in given_up], "given up", f"{why} {remedy}")
        alert_objects(
            lake.clients, entity, [item.uri for item in failing], "keep failing", f"{why} They are tried again."
        )
        raise
