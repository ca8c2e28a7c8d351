"""Which types of a table become wider, which stay as they are, and which do not fit the contract."""

from dataclasses import replace

import pyarrow as pa
import pytest
from pyiceberg.types import (
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
)

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.sql_types import hive_type
from txplatform.lake.promotions import promotions
from txplatform.lake.schema_gate import misfits
from txplatform.lake.table_types import widened

PAYMENTS = load_contracts()["payments"]
COLUMNS = {field.name: hive_type(field) for field in PAYMENTS.fields}
NARROW, WIDE = DecimalType(18, 2), DecimalType(20, 2)


def nested(inner: IcebergType) -> StructType:
    lines = ListType(3, StructType(NestedField(4, "price", inner)), element_required=False)
    by_name = MapType(6, StringType(), 7, inner, value_required=False)
    return StructType(NestedField(1, "lines", lines), NestedField(5, "by_name", by_name))


@pytest.mark.parametrize(
    ("have", "want", "found"),
    [
        (NARROW, WIDE, [((), WIDE)]),
        (IntegerType(), LongType(), [((), LongType())]),
        (FloatType(), DoubleType(), [((), DoubleType())]),
        (WIDE, NARROW, []),
        (NARROW, DecimalType(20, 4), []),
        (LongType(), IntegerType(), []),
        (LongType(), DecimalType(38, 0), []),
        (StringType(), LongType(), []),
        (nested(NARROW), nested(WIDE), [(("lines", "element", "price"), WIDE), (("by_name", "value"), WIDE)]),
        (nested(WIDE), nested(WIDE), []),
    ],
    ids=str,
)
def test_a_table_takes_what_iceberg_can_promote(have: IcebergType, want: IcebergType, found: list[object]) -> None:
    assert list(promotions(have, want)) == found


@pytest.mark.parametrize(
    ("have", "fits"),
    [
        ("decimal(20,2)", True),
        ("decimal(18,2)", True),
        ("decimal(17,2)", False),
        ("decimal(20,4)", False),
        ("bigint", False),
        ("string", False),
    ],
)
def test_a_table_may_be_wider_than_the_contract_and_nothing_else(have: str, fits: bool) -> None:
    found = list(misfits(PAYMENTS, COLUMNS | {"amount": have}))
    assert found == ([] if fits else [f"column amount is {have}, the contract needs decimal(18,2)"])


def test_every_column_that_does_not_fit_is_named_at_any_depth() -> None:
    price = Field("price", FieldType.DECIMAL, "P.", precision=18, scale=2)
    line = Field("line", FieldType.OBJECT, "L.", fields=(price,))
    nested_contract = replace(PAYMENTS, fields=(*PAYMENTS.fields, Field("lines", FieldType.ARRAY, "L.", element=line)))
    fitting = COLUMNS | {"lines": "array<struct<price:decimal(20, 2)>>"}
    assert list(misfits(nested_contract, fitting)) == []
    del fitting["status"]
    assert list(misfits(nested_contract, fitting | {"lines": "array<struct<price:decimal(20,3)>>"})) == [
        "column status is missing, the contract needs string",
        "column lines is array<struct<price:decimal(20,3)>>, the contract needs array<struct<price:decimal(18,2)>>",
    ]


def test_rows_become_as_wide_as_their_table_at_any_depth() -> None:
    narrow, wide = pa.decimal128(18, 2), pa.decimal128(20, 2)

    def of(inner: pa.DataType) -> pa.DataType:
        lines = pa.list_(pa.field("element", pa.struct([pa.field("price", inner), pa.field("note", pa.string())])))
        return pa.struct([pa.field("lines", lines), pa.field("by_name", pa.map_(pa.string(), inner))])

    assert widened(of(narrow), of(wide)) == of(wide)
    assert widened(of(wide), of(narrow)) == of(wide)
    assert widened(of(narrow), None) == of(narrow)
