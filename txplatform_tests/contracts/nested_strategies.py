"""Hypothesis strategies of contracts whose fields lie in each other, to the depth that a contract may have."""

from dataclasses import replace

from hypothesis import strategies as st

from txplatform.contracts.fields import ELEMENT, MAX_DEPTH
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform_tests.samples.nested import purchases

_SCALARS = (
    *(FieldType.STRING, FieldType.INTEGER, FieldType.DECIMAL, FieldType.BOOLEAN, FieldType.DATE),
    *(FieldType.TIMESTAMP, FieldType.JSON),
)
_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)


@st.composite
def nested_contracts(draw: st.DrawFn) -> Contract:
    """Contracts of plain fields and of up to three that are of any type."""
    contract = purchases()
    plain = tuple(field for field in contract.fields if not (field.fields or field.element))
    drawn = draw(st.lists(_fields(MAX_DEPTH), min_size=1, max_size=3))
    return replace(contract, fields=(*plain, *(replace(item, name=f"drawn_{i}") for i, item in enumerate(drawn))))


@st.composite
def _fields(draw: st.DrawFn, depth: int) -> Field:
    scalar = draw(st.sampled_from(_SCALARS))
    kind = draw(st.sampled_from([scalar, FieldType.OBJECT, FieldType.ARRAY, FieldType.MAP])) if depth else scalar
    name, required = draw(_NAMES), draw(st.booleans())
    match kind:
        case FieldType.OBJECT:
            members = draw(st.lists(_fields(depth - 1), min_size=1, max_size=3, unique_by=lambda field: field.name))
            return Field(name, kind, "", required, fields=tuple(members))
        case FieldType.ARRAY:
            element = replace(draw(_fields(depth - 1)), name=ELEMENT)
            return Field(name, kind, "", required, element=element, max_items=draw(st.integers(1, 5)))
        case FieldType.MAP:
            element = draw(_fields(0).filter(lambda field: field.type is not FieldType.JSON))
            return Field(name, kind, "", required, element=replace(element, name=ELEMENT), max_items=3)
        case FieldType.DECIMAL:
            precision = draw(st.integers(1, 38))
            return Field(name, kind, "", required, precision, draw(st.integers(0, precision)))
        case _:
            return Field(name, kind, "", required)
