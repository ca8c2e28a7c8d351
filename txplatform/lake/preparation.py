"""What both lanes do before their work: the entity's tables are there, and their columns are the contract's."""

from txplatform.contracts.compatibility import version_order
from txplatform.contracts.model import Contract
from txplatform.errors import ContractTooOldError, LakeError
from txplatform.lake.catalog import Lake
from txplatform.lake.schema_gate import misfits
from txplatform.lake.table_evolution import CONTRACT_VERSION


def prepare(contract: Contract, lake: Lake, table: str) -> dict[str, str]:
    """Create the entity's tables or let them follow the contract; return the columns of `table`, name to Hive type.

    Raise LakeError if they are not those of the contract, and ContractTooOldError if a newer one has renamed them.
    """
    lake.ensure(contract)
    columns = lake.columns(table)
    found = list(misfits(contract, columns))
    if found:
        made_for = lake.table(table).properties.get(CONTRACT_VERSION, contract.version)
        if version_order(made_for) > version_order(contract.version):
            raise ContractTooOldError(contract.name, contract.version, made_for)
        raise LakeError(
            f"{table} does not fit {contract.path}, version {contract.version}: {'; '.join(found)}. Remedy: give each "
            "field the type of its column, or another name, for which a column is added; then, for what is abandoned, "
            f"txplatform ledger redrive {contract.name}"
        )
    return columns
