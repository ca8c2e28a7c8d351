"""Says where the columns of a table in Glue cannot take the rows of a contract, before any row is read.

The table has followed the contract by then as far as a table can, see table_evolution.py: its columns have their
present names, and are as wide as Iceberg lets them become. What is left is a column of a type that no way leads from. A
decimal of the table may have more digits before the point: a newer version of the contract has widened it.
"""

import re
from collections.abc import Iterator, Mapping

from txplatform.contracts.model import Contract
from txplatform.contracts.render.sql_types import hive_type

_PRECISION = re.compile(r"(?<=decimal\()[0-9]+")


def misfits(contract: Contract, columns: Mapping[str, str]) -> Iterator[str]:
    """Yield each column that does not fit its field, with both types; `columns` are name to Hive type."""
    for field in contract.fields:
        have, want = columns.get(field.name), hive_type(field)
        if have is None:
            yield f"column {field.name} is missing, the contract needs {want}"
        elif not _holds(have.replace(" ", ""), want):
            yield f"column {field.name} is {have}, the contract needs {want}"


def _holds(have: str, want: str) -> bool:
    """Whether a column of one Hive type takes every value of the other, digit for digit."""
    digits, needed = (list(map(int, _PRECISION.findall(text))) for text in (have, want))
    return _PRECISION.sub("", have) == _PRECISION.sub("", want) and all(map(int.__ge__, digits, needed))
