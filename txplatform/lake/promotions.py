"""Where a schema's types are wider than a table's, as Iceberg lets them become: at any depth, by the path to them.

pyiceberg's own check lets the scale of a decimal change, which Iceberg does not.
"""

from collections.abc import Iterator

from pyiceberg.types import (
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    StructType,
)

Path = tuple[str, ...]  # from a column to what is within it, as pyiceberg writes it


def promotions(have: IcebergType, want: IcebergType, path: Path = ()) -> Iterator[tuple[Path, IcebergType]]:
    """Yield what a table has to become, each type with its path. What cannot become so is left out."""
    match have, want:
        case StructType(), StructType():
            wanted = {field.name: field.field_type for field in want.fields}
            for field in have.fields:
                if field.name in wanted:
                    yield from promotions(field.field_type, wanted[field.name], (*path, field.name))
        case ListType(), ListType():
            yield from promotions(have.element_type, want.element_type, (*path, "element"))
        case MapType(), MapType():
            yield from promotions(have.value_type, want.value_type, (*path, "value"))
        case _:
            if _widens(have, want):
                yield path, want


def _widens(have: IcebergType, want: IcebergType) -> bool:
    match have, want:
        case (IntegerType(), LongType()) | (FloatType(), DoubleType()):
            return True
        case DecimalType(), DecimalType():
            return have.scale == want.scale and have.precision < want.precision
        case _:
            return False
