"""The codec of views against a view as Athena itself writes it, and against itself."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.local.aws.athena.view_codec import decode_view, encode_view, hive_type, is_view

columns = st.lists(st.tuples(st.text(min_size=1), st.sampled_from(["varchar", "decimal(38,2)", "date"])), max_size=5)


def test_the_table_input_is_what_athena_writes() -> None:
    table = encode_view("v", "SELECT 1 AS x", "shop", [("x", "integer")])
    assert is_view(table)
    assert table["Parameters"] == {"presto_view": "true", "comment": "Presto View"}
    assert table["ViewExpandedText"] == "/* Presto View */"
    assert table["StorageDescriptor"]["Columns"] == [{"Name": "x", "Type": "int"}]
    encoded = table["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    assert json.loads(base64.b64decode(encoded)) == {
        "originalSql": "SELECT 1 AS x",
        "catalog": "awsdatacatalog",
        "schema": "shop",
        "columns": [{"name": "x", "type": "integer"}],
    }


@given(st.text(), st.text(), columns)
def test_a_view_survives_encoding(sql: str, database: str, described: list[tuple[str, str]]) -> None:
    view = decode_view(encode_view("v", sql, database, described))
    assert (view.sql, view.database, view.columns) == (sql, database, tuple(described))


def test_a_table_is_no_view() -> None:
    assert not is_view({"Name": "t", "TableType": "EXTERNAL_TABLE"})
    with pytest.raises(ValueError, match="'t' holds no Presto view"):
        decode_view({"Name": "t"})


@pytest.mark.parametrize(
    ("trino", "hive"),
    [
        ("varchar", "string"),
        ("varchar(10)", "string"),
        ("decimal(38, 18)", "decimal(38,18)"),
        ("timestamp(6) with time zone", "timestamp"),
        ("array(row(field varchar, n decimal(18,2)))", "array<struct<field:string,n:decimal(18,2)>>"),
        ("map(varchar, array(integer))", "map<string,array<int>>"),
        ("bigint", "bigint"),
    ],
)
def test_hive_types(trino: str, hive: str) -> None:
    assert hive_type(trino) == hive
