"""Fields of lines of text as values: by Hive's rules, which Trino's readers follow."""

import gzip

import pytest

from txplatform.local.aws.athena import line_files, line_values
from txplatform.local.aws.athena.kinds import RefusedError

DELIMITED = {"field.delim": "|"}
VALUES = [  # column, field, text of DuckDB
    ("VARCHAR", "", ""),
    ("VARCHAR", r"\N", None),
    ("VARCHAR", " a ", " a "),
    ("INTEGER", "", None),
    ("INTEGER", "+07", "7"),
    ("INTEGER", "1.9", "1"),
    ("INTEGER", "2147483648", None),
    ("TINYINT", "-128", "-128"),
    ("BIGINT", "1e3", None),
    ("BIGINT", " 1", None),
    ("DOUBLE", "1e3", "1e3"),
    ("DOUBLE", "NaN", "NaN"),
    ("DOUBLE", "x", None),
    ("BOOLEAN", "TRUE", "true"),
    ("BOOLEAN", "t", None),
    ("DATE", "2024-01-31", "2024-01-31"),
    ("TIMESTAMP", "2024-01-31 10:00:00.1239999", "2024-01-31 10:00:00.123999"),
    ("TIMESTAMP", "2024-01-31", None),
    ("TIMESTAMP", "2024-02-31 10:00:00", None),
    ("DECIMAL(5,2)", "-123.4", "-123.4"),
    ("DECIMAL(2,2)", "0", "0"),
    ("BLOB", "MTIz", r"\x31\x32\x33"),
    ("INTEGER[]", "1\x02\x022", '["1", NULL, "2"]'),
    ("INTEGER[]", "", "[]"),
    ("VARCHAR[]", '"\\\x02\\N', '["\\"\\\\", NULL]'),
    ("MAP(VARCHAR, INTEGER)", "a\x031\x02b\x02a\x032", '{"a"="1", "b"=NULL}'),
    ("STRUCT(a INTEGER, b VARCHAR)", "1", '{"a": "1", "b": NULL}'),
    ('STRUCT(a INTEGER[], "b" INTEGER)', "1\x032\x023", '{"a": ["1", "2"], "b": "3"}'),
]


@pytest.mark.parametrize(("column", "field", "text"), VALUES)
def test_a_field_is_a_value_or_null(column: str, field: str, text: str | None) -> None:
    specified = line_files.specification("text", DELIMITED, ["VARCHAR", column])
    assert line_files.rows(f"x|{field}|more\n".encode(), specified) == [["x", text]]


@pytest.mark.parametrize(
    ("column", "field"),
    [("DATE", "31.1.2024"), ("DECIMAL(5,2)", "x"), ("DECIMAL(5,2)", "1.234"), ("DECIMAL(5,2)", "1234"), ("BLOB", "é")],
)
def test_a_field_that_is_no_value_fails_the_query(column: str, field: str) -> None:
    with pytest.raises(RefusedError, match="field"):
        line_files.rows(field.encode(), line_files.specification("text", DELIMITED, [column]))


def test_lines_end_in_any_way_and_may_be_empty() -> None:
    specified = line_files.specification("text", {**DELIMITED, "skip.header.line.count": "1"}, ["INTEGER", "INTEGER"])
    content = b"head\n1|2\r\n\n3\r4|x"
    expected = [["1", "2"], [None], ["3"], ["4", None]]
    assert line_files.rows(content, specified) == line_files.rows(gzip.compress(content), specified) == expected
    assert line_files.rows(b"", specified) == []


def test_opencsv_takes_quotes_and_escapes() -> None:
    specified = line_files.specification("csv", {}, ["VARCHAR", "VARCHAR"])
    content = b'"a, ""b""",c\\,d,more\n,\n'
    assert line_files.rows(content, specified) == [['a, "b"', "c,d"], ["", ""]]


def test_what_is_not_read_is_refused() -> None:
    with pytest.raises(RefusedError, match="UTF-8"):
        line_files.rows(b"\xff", line_files.specification("text", DELIMITED, ["VARCHAR"]))
    with pytest.raises(RefusedError, match="ESCAPED BY"):
        line_files.rows(b"a", line_files.specification("text", {"escape.delim": "\\"}, ["VARCHAR"]))


@pytest.mark.parametrize(
    ("given", "separator"), [({}, "\x01"), ({"field.delim": "||"}, "|"), ({"field.delim": "9"}, "\t")]
)
def test_a_separator_is_one_character_or_its_code(given: dict[str, str], separator: str) -> None:
    assert line_values.separators(given)[0] == separator
