"""Child entities: a view over an array of objects, a row an object, with the key of the record that it lies in.

It unnests the current view, so it is as exact and as current. Personal values are masked as in the marts: of a text of
six characters or more two are shown.
"""

from txplatform.contracts.model import Contract, Field
from txplatform.contracts.render.sql_types import trino_type
from txplatform.warehouse.marts.model import Mart, MartColumn
from txplatform.warehouse.masking import masked
from txplatform.warehouse.statements import quoted

POSITION = "position"


def child_views(contract: Contract) -> tuple[Mart, ...]:
    """The views of an entity's child entities, in the order of its fields."""
    return tuple(_view(contract, field, field.child) for field in contract.fields if field.child is not None)


def _view(contract: Contract, field: Field, child: str) -> Mart:
    assert field.element is not None
    parent = [contract[name] for name in contract.placed_by]
    taken = {*contract.placed_by, POSITION}
    members = [(member, _name(child, member, taken)) for member in field.element.fields]
    items = [
        *(f"{_shown(item, f'p.{quoted(item.name)}')} AS {quoted(item.name)}" for item in parent),
        f"c.{quoted(POSITION)} AS {quoted(POSITION)}",
        *(f"{_shown(member, f'c.{quoted(name)}')} AS {quoted(name)}" for member, name in members),
    ]
    names = [*(name for _, name in members), POSITION]
    sql = (
        f"SELECT {', '.join(items)} FROM {quoted(contract.name)} p "
        f"CROSS JOIN UNNEST({_unnested(field)}) WITH ORDINALITY AS c ({', '.join(map(quoted, names))})"
    )
    columns = [
        *(_column(item, item.name, item.name) for item in parent),
        MartColumn(POSITION, "bigint", f"Place in {field.name}, from 1", field.name),
        *(_column(member, name, field.name) for member, name in members),
    ]
    description = f"{child} of {contract.name}: a row for each object in {field.name}"
    return Mart(f"{contract.name}_{child}", contract.name, description, sql, columns=tuple(columns))


def _name(child: str, member: Field, taken: set[str]) -> str:
    """The column of a member, which takes the child's name too where the parent's key has a field of that name."""
    return f"{child}_{member.name}" if member.name in taken else member.name


def _unnested(field: Field) -> str:
    """What is unnested. Trino makes a column of each member of a row; the local Athena, of at least two of them."""
    assert field.element is not None
    array, (first, *others) = f"p.{quoted(field.name)}", field.element.fields
    return array if others else f"transform({array}, e -> (e).{quoted(first.name)})"


def _shown(field: Field, value: str) -> str:
    return masked(field.type, value) if field.personal else value


def _column(field: Field, name: str, origin: str) -> MartColumn:
    return MartColumn(name, "varchar" if field.personal else trino_type(field), field.description, origin)
