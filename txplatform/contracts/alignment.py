"""Reads the custom properties by which the source's form of a value becomes the platform's, and checks their sense.

Two engines apply them: the functions to the JSON values of one message, the file lane to columns of texts. Both apply
the same properties in the same order, to the same effect where values have types; docs/concepts/two-engines.md says
what cells of delimited text stand for.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, cast

from txplatform.contracts.keys.field import ALIGNMENT
from txplatform.contracts.model import NESTED, Alignment, Field, FieldType
from txplatform.contracts.section import Section

_INTEGER = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def read_alignment(custom: Section) -> Alignment:
    """Read a property's customProperties; raise ContractError."""
    case = custom.choice("case") if custom.has("case") else None
    epoch = custom.choice("epoch") if custom.has("epoch") else None
    return Alignment(
        aliases=custom.texts("aliases"),
        values=MappingProxyType(custom.text_mapping("values")),
        case=cast("Literal['upper', 'lower'] | None", case),
        epoch=cast("Literal['seconds', 'milliseconds'] | None", epoch),
        default=custom.scalar_text("default"),
    )


def check_alignment(source: Section, field: Field) -> None:
    """Raise ContractError for an alignment that could never yield a valid value of its field."""
    alignment = field.alignment
    for key, given in (("epoch", alignment.epoch), ("case", alignment.case), ("values", alignment.values)):
        types = ALIGNMENT[key].types
        if given and field.type not in types:
            raise source.error(f"'{key}' on a {field.type}", f"use it on fields of the type {' or '.join(types)} only")
    if alignment.case:
        folded = str.upper if alignment.case == "upper" else str.lower
        for value in (*field.enum, *alignment.values.keys(), *alignment.values.values()):
            if value != folded(value):
                raise source.error(f"'{value}' is not in {alignment.case} case", "fold it, or drop 'case'")
    for value in alignment.values.values():
        if alignment.values.get(value, value) != value:
            problem = f"'values' yields '{value}' and replaces it elsewhere"
            raise source.error(problem, "map every value to its final one")
        if not _fits_text(field, value):
            raise source.error(f"'values' yields '{value}', which is not a valid value", "map to a valid value")
    if alignment.default is not None and field.type in NESTED:
        raise source.error(f"'default' on a {field.type}", "leave it out: an absent one stays absent")
    for key, given in (("default", alignment.default), ("backfill", field.evolution.backfill)):
        if given is not None and field.type not in NESTED and not _fits(field, given):
            problem = f"the {key} '{given}' is not a valid value of the field"
            raise source.error(problem, f"write it as a {field.type} in canonical form that keeps the field's rules")


def _fits(field: Field, text: str) -> bool:
    match field.type:
        case FieldType.STRING:
            return _fits_text(field, text)
        case FieldType.INTEGER:
            return bool(_INTEGER.fullmatch(text)) and -(2**63) <= int(text) < 2**63 and _in_range(field, Decimal(text))
        case FieldType.DECIMAL:
            whole, _, fraction = text.lstrip("-").partition(".")
            digits = (field.precision or 0) - (field.scale or 0)
            exact = len(fraction) <= (field.scale or 0) and len(whole.lstrip("0")) <= digits
            return bool(_DECIMAL.fullmatch(text)) and exact and _in_range(field, Decimal(text))
        case FieldType.BOOLEAN:
            return text in ("true", "false")
        case FieldType.DATE:
            return _parses(date.fromisoformat, text) and len(text) == len("YYYY-MM-DD") and _in_time(field, text)
        case FieldType.TIMESTAMP:
            return bool(_TIMESTAMP.fullmatch(text)) and _parses(datetime.fromisoformat, text) and _in_time(field, text)
        case FieldType.OBJECT | FieldType.MAP | FieldType.ARRAY | FieldType.JSON:
            return False


def _fits_text(field: Field, text: str) -> bool:
    return (
        (not field.enum or text in field.enum)
        and (field.pattern is None or re.fullmatch(field.pattern, text) is not None)
        and len(text) >= (field.min_length or 0)
        and (field.max_length is None or len(text) <= field.max_length)
    )


def _in_range(field: Field, value: Decimal) -> bool:
    return (field.minimum is None or value >= field.minimum) and (field.maximum is None or value <= field.maximum)


def _in_time(field: Field, text: str) -> bool:
    return (field.earliest or "") <= text and (field.latest is None or text <= field.latest)


def _parses(parse: Callable[[str], date], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
