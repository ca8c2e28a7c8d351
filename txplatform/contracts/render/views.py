"""Renders the columns of the view of an entity's current state."""

from dataclasses import dataclass

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import INGESTED_AT, OCCURRED_AT, ORDER_KEY, SNAPSHOT, system_columns
from txplatform.contracts.render.sql_types import trino_type

_SYSTEM = (ORDER_KEY, OCCURRED_AT, INGESTED_AT)


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view, its type in SQL (Trino), and whether it holds personal data."""

    name: str
    trino_type: str
    personal: bool


def view_columns(contract: Contract) -> list[ViewColumn]:
    """Return the business columns in contract order, then order key, time of occurrence and time of ingestion."""
    system = {column.name: column for column in system_columns(SNAPSHOT)}
    return [
        *(ViewColumn(field.name, trino_type(field), field.personal) for field in contract.fields),
        *(ViewColumn(name, trino_type(system[name]), personal=False) for name in _SYSTEM),
    ]
