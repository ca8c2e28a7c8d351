"""Holds a measure against what it names: the fields of its contract, and other measures."""

from collections.abc import Mapping
from pathlib import Path

from txplatform.contracts.model import Contract, FieldType
from txplatform.errors import ContractError
from txplatform.warehouse.marts.expressions import scale_of
from txplatform.warehouse.marts.measures import Count, Measure, Ratio, Sum


def check_measure(path: Path, place: str, measure: Measure, known: Mapping[str, Measure], contract: Contract) -> None:
    """Raise ContractError for the first name that does not exist or cannot be used so."""
    form, fields = measure.form, {field.name: field for field in contract.fields}
    if isinstance(form, Ratio):
        for name in (form.numerator, form.denominator):
            if name not in known or not known[name].additive:
                problem = f"divides by or from '{name}', which is no measure that adds up"
                raise ContractError(path, place, problem, "name a count, a sum or a total of the same entity")
            if scale_of(known[name], contract) > form.scale:
                problem = f"has fewer digits than '{name}'"
                raise ContractError(path, place, problem, "raise 'scale', so that nothing is rounded twice")
    if isinstance(form, Sum) and (
        form.field not in fields or fields[form.field].type not in (FieldType.DECIMAL, FieldType.INTEGER)
    ):
        problem = f"sums '{form.field}', which is no number of {contract.name}"
        raise ContractError(path, place, problem, "name a decimal or an integer of the contract")
    if isinstance(form, Count | Sum):
        for field, values in form.where.items():
            unknown = set(values) - set(fields[field].enum) if field in fields else set(values)
            if unknown:
                problem = f"counts '{field}' of {', '.join(sorted(unknown))}, which the contract does not have"
                raise ContractError(path, place, problem, "name a field and values of its validValues")
