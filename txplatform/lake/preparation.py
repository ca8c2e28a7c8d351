"""What both lanes do before their work: the entity's tables are there, and their columns are the contract's."""

from txplatform.contracts.model import Contract
from txplatform.errors import LakeError
from txplatform.ingest.schema_gate import mismatches
from txplatform.lake.catalog import Lake


def prepare(contract: Contract, lake: Lake, table: str) -> dict[str, str]:
    """Create or grow the entity's tables; return the columns of `table`, name to Hive type.

    Raise LakeError if they are not those of the contract.
    """
    lake.ensure(contract)
    columns = lake.columns(table)
    found = mismatches(contract, columns)
    if found:
        raise LakeError(f"{table} does not fit contract {contract.name} {contract.version}: {'; '.join(found)}")
    return columns
