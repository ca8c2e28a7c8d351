"""The columns of a mart with their types and descriptions, from contracts and dictionary."""

from collections.abc import Sequence
from pathlib import Path

from txplatform.contracts.model import Contract
from txplatform.contracts.render.sql_types import trino_type
from txplatform.errors import ContractError
from txplatform.warehouse.marts.dictionary import dimensions, measures
from txplatform.warehouse.marts.expressions import type_of
from txplatform.warehouse.marts.header import Header
from txplatform.warehouse.marts.model import MartColumn
from txplatform.warehouse.marts.select_list import column_names


def mart_columns(path: Path, header: Header, sql: str, read: Sequence[Contract]) -> tuple[MartColumn, ...]:
    """In the order of the statement; raise ContractError where header, dictionary and statement do not agree."""
    declared = [*header.dimensions, *header.measures]
    named = column_names(sql)
    if sorted(named) != sorted(declared):
        problem = f"the statement has the columns {', '.join(named)}, and the header {', '.join(declared)}"
        place = f"{path}:{header.lines['Dimensions']}"
        raise ContractError(place, None, problem, "name each column once, among the dimensions or the measures")
    known = measures(read[0])
    for name in header.measures:
        if name not in known:
            problem = f"'{name}' is no measure of {read[0].name}"
            place = f"{path}:{header.lines['Measures']}"
            raise ContractError(place, None, problem, "describe it in warehouse/sql/dictionary.yaml")
    return tuple(
        MartColumn(name, type_of(known[name], read[0]), known[name].description)
        if name in header.measures
        else _dimension(path, header, name, read)
        for name in named
    )


def _dimension(path: Path, header: Header, name: str, read: Sequence[Contract]) -> MartColumn:
    for contract in read:
        for field in contract.fields:
            if field.name == name:
                return MartColumn(name, trino_type(field), field.description)
    if name not in dimensions():
        place = f"{path}:{header.lines['Dimensions']}"
        problem = f"'{name}' is no field of {', '.join(contract.name for contract in read)}"
        raise ContractError(place, None, problem, "describe it in warehouse/sql/dictionary.yaml")
    found = dimensions()[name]
    return MartColumn(name, found.trino_type, found.description)
