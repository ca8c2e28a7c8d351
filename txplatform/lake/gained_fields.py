"""What a schema has that a table lacks: columns, and members of objects at any depth."""

from collections.abc import Iterator

from pyiceberg.types import IcebergType, ListType, MapType, NestedField, StructType

Path = tuple[str, ...]  # from a column to a member, as pyiceberg writes it


def gained_fields(have: StructType, want: StructType, path: Path = ()) -> Iterator[tuple[Path, NestedField]]:
    """Yield what has to be added, each with its path, in the order of the schema."""
    known = {field.name: field.field_type for field in have.fields}
    for field in want.fields:
        inner = (*path, field.name)
        if field.name in known:
            yield from _inside(known[field.name], field.field_type, inner)
        else:
            yield inner, field


def _inside(have: IcebergType, want: IcebergType, path: Path) -> Iterator[tuple[Path, NestedField]]:
    match have, want:
        case StructType(), StructType():
            yield from gained_fields(have, want, path)
        case ListType(), ListType():
            yield from _inside(have.element_type, want.element_type, (*path, "element"))
        case MapType(), MapType():
            yield from _inside(have.value_type, want.value_type, (*path, "value"))
        case _:
            return
