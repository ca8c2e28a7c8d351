"""Compares the columns of the contract with those in Glue, before any row is written."""

from collections.abc import Mapping

from txplatform.contracts.model import Contract
from txplatform.contracts.render.sql_types import hive_type


def mismatches(contract: Contract, columns: Mapping[str, str]) -> list[str]:
    """Where the columns of a Glue table (name to Hive type) differ from the contract, in words; empty if nowhere."""
    found: list[str] = []
    for field in contract.fields:
        have, want = columns.get(field.name), hive_type(field)
        if have is None:
            found.append(f"column {field.name} is missing")
        elif have.replace(" ", "") != want:
            found.append(f"column {field.name} is {have}, the contract says {want}")
    return found
