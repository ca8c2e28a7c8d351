"""What both lanes do before their work: the entity's tables are there, and their columns are the contract's."""

from txplatform.contracts.compatibility import version_order
from txplatform.contracts.model import Contract
from txplatform.errors import ContractTooOldError, LakeError
from txplatform.ingest.schema_gate import mismatches
from txplatform.lake.catalog import Lake
from txplatform.lake.table_evolution import CONTRACT_VERSION


def prepare(contract: Contract, lake: Lake, table: str) -> dict[str, str]:
    """Create or grow the entity's tables; return the columns of `table`, name to Hive type.

    Raise LakeError if they are not those of the contract, and ContractTooOldError if a newer one has renamed them.
    """
    lake.ensure(contract)
    columns = lake.columns(table)
    found = mismatches(contract, columns)
    if found:
        made_for = lake.table(table).properties.get(CONTRACT_VERSION, contract.version)
        if version_order(made_for) > version_order(contract.version):
            raise ContractTooOldError(contract.name, contract.version, made_for)
        raise LakeError(f"{table} does not fit contract {contract.name} {contract.version}: {'; '.join(found)}")
    return columns
