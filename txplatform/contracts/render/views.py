"""Columns of the view of an entity's current state, in the two type systems that Athena and Glue speak."""

from dataclasses import dataclass

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import INGESTED_AT, OCCURRED_AT, ORDER_KEY, SNAPSHOT, system_columns
from txplatform.contracts.render.sql_types import hive_type, view_type

_SYSTEM = (ORDER_KEY, OCCURRED_AT, INGESTED_AT)


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view: its type for SQL (Trino) and for Glue (Hive), and whether it holds personal data."""

    name: str
    trino_type: str
    hive_type: str
    personal: bool


def view_columns(contract: Contract) -> list[ViewColumn]:
    """The business columns in contract order, then order key, time of occurrence and time of ingestion."""
    system = {column.name: column for column in system_columns(SNAPSHOT)}
    return [
        *(ViewColumn(field.name, view_type(field), hive_type(field), field.personal) for field in contract.fields),
        *(ViewColumn(name, view_type(system[name]), hive_type(system[name]), personal=False) for name in _SYSTEM),
    ]
