"""Checks the relationships between contracts of one folder."""

from collections.abc import Mapping

from txplatform.contracts.model import Contract
from txplatform.errors import ContractError


def check_references(contracts: Mapping[str, Contract]) -> None:
    """Raise ContractError for a reference to a field that an entity of the folder lacks, or has of another type."""
    for contract in contracts.values():
        for reference in contract.quality.references:
            other = contracts.get(reference.entity)
            if other is None:
                continue
            types = {field.name: field.type for field in other.fields}
            target, here = f"{reference.entity}.{reference.target}", contract[reference.field].type
            if reference.target not in types:
                problem, remedy = f"refers to '{target}', which is not a field", f"name a field of {reference.entity}"
            elif types[reference.target] is not here:
                problem = f"is a {here} and refers to '{target}', a {types[reference.target]}"
                remedy = "refer to a field of the same type"
            else:
                continue
            raise ContractError(contract.path, reference.field, problem, remedy)
