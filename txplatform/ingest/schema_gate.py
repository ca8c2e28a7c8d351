"""Compares the columns of the contract with those in Glue, before any row is written.

A decimal of the table may have more digits before the point: a newer version of the contract has widened it.
"""

import re
from collections.abc import Mapping

from txplatform.contracts.model import Contract
from txplatform.contracts.render.sql_types import hive_type

_PRECISION = re.compile(r"(?<=decimal\()[0-9]+")


def mismatches(contract: Contract, columns: Mapping[str, str]) -> list[str]:
    """Where the columns of a Glue table (name to Hive type) differ from the contract, in words; empty if nowhere."""
    found: list[str] = []
    for field in contract.fields:
        have, want = columns.get(field.name), hive_type(field)
        if have is None:
            found.append(f"column {field.name} is missing")
        elif not _holds(have.replace(" ", ""), want):
            found.append(f"column {field.name} is {have}, the contract says {want}")
    return found


def _holds(have: str, want: str) -> bool:
    """Whether a column of one Hive type takes every value of the other, digit for digit."""
    digits, needed = (list(map(int, _PRECISION.findall(text))) for text in (have, want))
    return _PRECISION.sub("", have) == _PRECISION.sub("", want) and all(map(int.__ge__, digits, needed))
