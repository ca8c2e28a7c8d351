"""Files that statements write: their texts, their folders, and what is left of a statement that fails."""

import gzip
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from txplatform.local.aws.athena import clauses, row_texts
from txplatform.local.aws.athena.assignments import fits
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.hive_files import Folder, parquet_file
from txplatform_tests.local.aws.aws_process import BUCKET, Ask

ROWS = pa.table({"a": [1, None], "s": ['x "y"', None], "x": [Decimal("1.50"), Decimal("-0.01")], "n": [1e7, None]})
KINDS = ["bigint", "varchar", "decimal(3,2)", "double"]


class Bucket:
    """The calls of S3 that a folder makes."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put_object(self, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803 -- boto3's names
        self.kept[Key] = Body

    def delete_object(self, Key: str, **_: Any) -> None:  # noqa: N803
        del self.kept[Key]


def test_lines_of_json() -> None:
    body, suffix = row_texts.json_lines(KINDS, "gzip")(ROWS)
    assert suffix == ".gz"
    assert gzip.decompress(body).decode().splitlines() == [
        '{"a": 1, "s": "x \\"y\\"", "x": 1.50, "n": 1.0E7}',
        '{"a": null, "s": null, "x": -0.01, "n": null}',
    ]


def test_delimited_lines() -> None:
    assert row_texts.delimited(KINDS, "none", "|")(ROWS) == (b'1|x "y"|1.50|1.0E7\n\\N|\\N|-0.01|\\N\n', "")
    with pytest.raises(StatementError, match="the delimiter, or a line break"):
        row_texts.delimited(KINDS, "none", " ")(ROWS)


@pytest.mark.parametrize("kind", ["timestamp", "array(bigint)", "real", "varbinary"])
def test_texts_that_are_not_known_are_refused(kind: str) -> None:
    with pytest.raises(StatementError, match="NOT_SUPPORTED"):
        row_texts.json_lines([kind], "gzip")


def test_a_folder_has_one_folder_for_each_partition() -> None:
    bucket = Bucket()
    rows = pa.table({"x": [1, 2, 3], "d": ["a/b", None, "a/b"]})
    files = Folder(bucket, "s3://lake/t").write(rows.to_batches(), ["d"], parquet_file("snappy"))
    assert sorted((file.partition, file.rows) for file in files) == [
        (("__HIVE_DEFAULT_PARTITION__",), 1),
        (("a/b",), 2),
    ]
    assert {key.rpartition("/")[0] for key in bucket.kept} == {"t/d=a%2Fb", "t/d=__HIVE_DEFAULT_PARTITION__"}


def test_nothing_is_left_of_a_statement_that_fails_halfway() -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield from pa.table({"x": [1]}).to_batches()
        raise ValueError("halfway")

    bucket = Bucket()
    with pytest.raises(ValueError, match="halfway"):
        Folder(bucket, "s3://lake/t").write(batches(), [], parquet_file("gzip"))
    many = pa.table({"x": [1] * 101, "d": [str(number) for number in range(101)]}).to_batches()
    with pytest.raises(StatementError, match="HIVE_TOO_MANY_OPEN_PARTITIONS"):
        Folder(bucket, "s3://lake/t").write(many, ["d"], parquet_file("gzip"))
    assert bucket.kept == {}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a = 'it''s', B=3", {"a": "it's", "b": 3}),
        ("x = ARRAY['day(d)', 'B'], y = false", {"x": ["day(d)", "b"], "y": False}),
        ("", {}),
    ],
)
def test_properties(text: str, read: dict[str, clauses.Value]) -> None:
    assert clauses.properties(text) == read


@pytest.mark.parametrize("text", ["a = 1, a = 2", "a", "a = b", "a = 'x", "a = 1 b = 2", "a = (1)"])
def test_other_properties_are_refused(text: str) -> None:
    with pytest.raises(StatementError, match="INVALID_TABLE_PROPERTY"):
        clauses.properties(text)


@pytest.mark.parametrize(
    ("kind", "column", "does"),
    [
        ("INTEGER", "BIGINT", True),
        ("BIGINT", "INTEGER", False),
        ("INTEGER", "DECIMAL(12,2)", True),
        ("INTEGER", "DECIMAL(11,2)", False),
        ("DECIMAL(18,2)", "DECIMAL(19,3)", True),
        ("DECIMAL(18,2)", "DECIMAL(18,3)", False),
        ("DECIMAL(18,2)", "DOUBLE", True),
        ("DOUBLE", "DECIMAL(18,2)", False),
        ("FLOAT", "DOUBLE", True),
        ("DOUBLE", "FLOAT", False),
        ("DATE", "TIMESTAMP", True),
        ("TIMESTAMP", "DATE", False),
        ('"NULL"', "VARCHAR", True),
        ("VARCHAR", "INTEGER", False),
        ("INTEGER[]", "BIGINT[]", False),
    ],
)
def test_values_that_a_column_takes(kind: str, column: str, does: bool) -> None:
    assert fits(kind, column) is does


@pytest.mark.parametrize("form", ["format = 'PARQUET'", "format = 'JSON', compression = 'NONE'"])
def test_a_query_is_unloaded_once(ask: Ask, name: str, form: str) -> None:
    sql = (
        f"UNLOAD (SELECT sum(n) AS n, 'a' AS k FROM (VALUES 1, 2) AS t(n)) TO 's3://{BUCKET}/out/{name}/' WITH ({form})"
    )
    answer = ask(sql)
    assert (answer.error, answer.update_count) == ("", 1)
    assert answer.execution["SubstatementType"] == "UNLOAD"
    assert "HIVE_PATH_ALREADY_EXISTS" in ask(sql).error
    assert "INVALID_TABLE_PROPERTY" in ask(sql.replace("format", "form")).error
    assert "SYNTAX_ERROR" in ask(sql.replace(") TO", " TO")).error
