"""Reads what a field has to do with former versions of its contract, and refuses what could not be read back."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from txplatform.contracts.model import NESTED, Contract, Evolution, Field, FieldType
from txplatform.contracts.patterns import FIELD_NAME
from txplatform.contracts.section import Section


def read_evolution(custom: Section) -> Evolution:
    """Read a property's customProperties; raise ContractError."""
    former = custom.texts("formerNames")
    for name in former:
        if not FIELD_NAME.fullmatch(name):
            raise custom.error(f"'formerNames' holds '{name}', which no field can have had", "list names of fields")
    return Evolution(former, custom.scalar_text("backfill"), custom.optional_text("deprecated"))


def check_evolution(source: Section, field: Field) -> None:
    """Raise ContractError where a field's own rules contradict what it says of former versions."""
    evolution = field.evolution
    if evolution.backfill is not None and field.type in NESTED:
        raise source.error(f"'backfill' on a {field.type}", "leave it out: an absent one stays absent")
    if evolution.backfill is not None and field.personal:
        raise source.error("has 'backfill' and is personal: no value is everybody's", "leave out 'backfill'")
    if evolution.deprecated is not None and field.required:
        raise source.error("is deprecated and required: nobody could leave it out", "leave out 'required'")


def check_roles(contract: Contract, sources: Mapping[str, Section]) -> None:
    """Raise ContractError for a field whose role needs it under one name, and in every stored record."""
    for name, role in _roles(contract):
        evolution, source = contract[name].evolution, sources[name]
        if evolution.former_names:
            raise source.error(f"{role} and has 'formerNames': items are found by its name", "keep the former name")
        if evolution.backfill is not None:
            raise source.error(f"{role} and has 'backfill': stored records lack it", "leave out 'backfill'")


def backfill_value(field: Field) -> str | int | bool | None:
    """Return the backfill as a record in canonical form has it; None where there is none."""
    text = field.evolution.backfill
    match field.type:
        case _ if text is None:
            return None
        case FieldType.INTEGER:
            return int(text)
        case FieldType.BOOLEAN:
            return text == "true"
        case FieldType.DECIMAL:
            number = Decimal(text)
            return f"{number if number else abs(number):.{field.scale or 0}f}"  # `_fits` has seen that no digit is lost
        case _:
            return text


def _roles(contract: Contract) -> Iterator[tuple[str, str]]:
    for name in contract.key:
        yield name, "is part of the key"
    yield contract.partition_field, "partitions the entity"
    yield contract.version_field, "orders the versions"
    for breaker in contract.tie_breakers:
        yield breaker.field, "breaks ties"
    for index in contract.indexes:
        yield index.field, "is indexed"
        yield index.sorted_by, "sorts an index"
