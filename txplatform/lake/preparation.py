"""What both lanes do around their work: tables and columns checked before, failures counted after."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from txplatform.contracts.model import Contract
from txplatform.errors import LakeError
from txplatform.ingest.schema_gate import mismatches
from txplatform.lake.alerts import alert
from txplatform.lake.catalog import Lake
from txplatform.landed import LandedObject
from txplatform.ledger import MAX_ATTEMPTS, Ledger


def prepare(contract: Contract, lake: Lake, table: str) -> dict[str, str]:
    """Make sure that the entity's tables are there and that Glue's columns are the contract's; return those columns."""
    lake.ensure(contract)
    columns = lake.columns(table)
    found = mismatches(contract, columns)
    if found:
        raise LakeError(f"{table} does not fit contract {contract.name} {contract.version}: {'; '.join(found)}")
    return columns


@contextmanager
def counted_failures(lake: Lake, ledger: Ledger, entity: str, objects: Sequence[LandedObject]) -> Generator[None]:
    """Count an attempt on the objects when the work on them fails; objects given up raise an alert."""
    try:
        yield
    except Exception as error:
        given_up = ledger.failed(objects, f"{type(error).__name__}: {error}")
        if given_up:
            lines = [f"{MAX_ATTEMPTS} attempts failed, the last with {type(error).__name__}.", "", "Objects:"]
            lines += [f"  {item.uri}" for item in given_up]
            alert(lake.clients, f"{entity}: {len(given_up)} objects given up", lines)
        raise
