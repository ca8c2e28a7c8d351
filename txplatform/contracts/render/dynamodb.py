"""Renders the indexes of a contract as global secondary indexes of the entity's table."""

from dataclasses import dataclass
from typing import Literal

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.names import entity_index


@dataclass(frozen=True, slots=True)
class SecondaryIndex:
    """An index of a table, with the attribute of its partition key and that of its sort key, which is a text."""

    name: str
    partition_key: str
    partition_key_type: Literal["S", "N"]
    sort_key: str


def secondary_indexes(contract: Contract) -> tuple[SecondaryIndex, ...]:
    """Render the indexes. Numbers are keys of the type N, as which the functions store them."""
    return tuple(
        SecondaryIndex(
            entity_index(index.field, index.sorted_by),
            index.field,
            "N" if contract[index.field].type in (FieldType.INTEGER, FieldType.DECIMAL) else "S",
            index.sorted_by,
        )
        for index in contract.indexes
    )
