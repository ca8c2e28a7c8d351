"""Lets a table follow its contract: columns are renamed by their field ids, types widened, columns and members added.

All of it is one commit, so that no reader sees a part of it. A table remembers the version that it was changed for, and
a process that has an older contract changes nothing: it would bring a former name back as another, empty column.
"""

from collections.abc import Iterator

from pyiceberg.schema import Schema
from pyiceberg.table import Table

from txplatform.contracts.compatibility import version_order
from txplatform.contracts.model import Contract
from txplatform.lake.gained_fields import gained_fields
from txplatform.lake.promotions import promotions

CONTRACT_VERSION = "txplatform.contract-version"


def evolve(table: Table, contract: Contract, schema: Schema) -> None:
    """Commit what the table lacks of the schema, if anything; raise CommitFailedException after a lost race."""
    made_for = table.properties.get(CONTRACT_VERSION, contract.version)
    if version_order(made_for) > version_order(contract.version):
        return
    renamed = dict(_renamed(table.schema(), contract))
    wanted = schema.as_struct()
    if not (renamed or _differs(table.schema(), schema)):
        return
    change = table.transaction()
    if renamed:
        with change.update_schema() as update:
            for former, name in renamed.items():
                update.rename_column(former, name)
    have = change.table_metadata.schema().as_struct()
    with change.update_schema() as update:
        for path, wider in promotions(have, wanted):
            update.update_column(path, wider)  # pyright: ignore[reportArgumentType]
        for path, field in gained_fields(have, wanted):
            update.add_column(path, field.field_type, field.doc)
    change.set_properties({CONTRACT_VERSION: contract.version})
    change.commit_transaction()


def _differs(have: Schema, want: Schema) -> bool:
    one, other = have.as_struct(), want.as_struct()
    return any(True for found in (promotions(one, other), gained_fields(one, other)) for _ in found)


def _renamed(schema: Schema, contract: Contract) -> Iterator[tuple[str, str]]:
    """Columns that stand under a former name of a field, with its name now."""
    have = {field.name for field in schema.fields}
    for field in contract.fields:
        former = [name for name in field.evolution.former_names if name in have]
        if former and field.name not in have:
            yield former[0], field.name
