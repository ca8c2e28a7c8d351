"""Tables over files of text, and the statements on partitions, columns and properties of any table."""

import pytest

from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

ICEBERG = "TBLPROPERTIES ('table_type'='ICEBERG')"


def done(ask: Ask, sql: str) -> list[tuple[str | None, ...]]:
    """Return the rows of a statement that must succeed."""
    answer = ask(sql)
    assert answer.error == "", sql
    return answer.rows


def shown(ask: Ask, name: str) -> str:
    """Return what SHOW CREATE TABLE answers."""
    return "\n".join(str(row[0]) for row in done(ask, f"SHOW CREATE TABLE {name}"))


@pytest.fixture
def lines(client: LocalClients, ask: Ask, name: str) -> str:
    """A table over lines of text in partitions, of which two are in S3 and none in Glue."""
    for day, body in (("2024-01-01", b"n;at\n1;2024-01-01 10:00:00.1235\n;\n"), ("2024-01-02", b"n;at\n9;soon\n")):
        client("s3").put_object(Bucket=BUCKET, Key=f"lines/{name}/d={day}/part.csv", Body=body)
    columns = r"n int COMMENT 'it\'s a number', at timestamp"
    done(
        ask,
        f"CREATE EXTERNAL TABLE {name} ({columns}) PARTITIONED BY (d date) "
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ';' "
        f"STORED AS TEXTFILE LOCATION 's3://{BUCKET}/lines/{name}/' TBLPROPERTIES ('skip.header.line.count'='1')",
    )
    return name


def test_lines_of_text_are_read_and_written(ask: Ask, lines: str) -> None:
    added = [f"{lines}:d=2024-01-01", f"{lines}:d=2024-01-02"]
    assert [row[0] for row in done(ask, f"MSCK REPAIR TABLE {lines}")] == [
        "\t".join(("Partitions not in metastore:", *added)),
        *(f"Repair: Added partition to metastore {text}" for text in added),
    ]
    assert done(ask, f"MSCK REPAIR TABLE {lines}") == []
    answer = ask(f"SELECT * FROM {lines} ORDER BY d, n")
    assert answer.rows == [("1", "2024-01-01 10:00:00.124", "2024-01-01"), (None, None, "2024-01-01"),
                           ("9", None, "2024-01-02")]  # fmt: skip
    assert answer.execution["Statistics"]["DataScannedInBytes"] == len(b"n;at\n1;2024-01-01 10:00:00.1235\n;\n") + 12


def test_partitions_are_added_and_dropped(ask: Ask, lines: str) -> None:
    add = f"ALTER TABLE {lines} ADD IF NOT EXISTS PARTITION (d=date '2024-01-02') PARTITION (d = '2024-03-01')"
    done(ask, f"{add} LOCATION 's3://{BUCKET}/elsewhere/'")
    done(ask, add)
    assert "already exists" in ask(add.replace("IF NOT EXISTS ", "")).error
    assert done(ask, f"SHOW PARTITIONS {lines}") == [("d=2024-01-02",), ("d=2024-03-01",)]
    assert done(ask, f"SELECT n FROM {lines}") == [("9",)]
    done(ask, f"ALTER TABLE {lines} DROP PARTITION (d='2024-01-02'), PARTITION (d='2024-03-01')")
    assert "does not exist" in ask(f"ALTER TABLE {lines} DROP PARTITION (d='2024-01-02')").error
    assert "Partition keys are d" in ask(f"ALTER TABLE {lines} ADD PARTITION (n=1)").error
    assert done(ask, f"SHOW PARTITIONS {lines}") == []


def test_a_table_over_files_is_shown_and_changed(ask: Ask, lines: str) -> None:
    text = shown(ask, lines)
    assert text.startswith(
        f"CREATE EXTERNAL TABLE `{lines}`(\n  `n` int COMMENT 'it\\'s a number', \n  `at` timestamp)\n"
        "PARTITIONED BY ( \n  `d` date)\nROW FORMAT DELIMITED \n  FIELDS TERMINATED BY ';' \nSTORED AS INPUTFORMAT \n"
    )
    assert f"LOCATION\n  's3://{BUCKET}/lines/{lines}'\nTBLPROPERTIES (\n  'skip.header.line.count'='1'" in text
    done(ask, f"ALTER TABLE {lines} ADD COLUMNS (`more` string)")
    assert "COLUMN_ALREADY_EXISTS" in ask(f"ALTER TABLE {lines} ADD COLUMNS (d string)").error
    assert [row[0].rstrip() for row in done(ask, f"SHOW COLUMNS FROM {lines}") if row[0]] == ["n", "at", "more", "d"]
    done(ask, f"ALTER TABLE {lines} REPLACE COLUMNS (a string)")
    assert done(ask, f"DESCRIBE {lines}")[:2] == [("a", "string", ""), ("d", "date", "")]
    done(ask, f"ALTER TABLE {lines} SET TBLPROPERTIES ('classification'='csv')")
    assert done(ask, f"SHOW TBLPROPERTIES {lines}('classification')") == [("csv",)]
    done(ask, f"ALTER TABLE {lines} SET LOCATION 's3://{BUCKET}/nothing/'")
    assert "s3://lake/nothing" in shown(ask, lines)
    assert "NOT_SUPPORTED" in ask(f"ALTER TABLE {lines} DROP COLUMN a").error


def test_rows_go_into_lines_of_text(ask: Ask, name: str) -> None:
    stored = f"STORED AS TEXTFILE LOCATION 's3://{BUCKET}/lines/{name}/'"
    done(ask, f"CREATE EXTERNAL TABLE {name} (n int, s string) {stored}")
    done(ask, f"INSERT INTO {name} VALUES (1, 'a'), (NULL, NULL)")
    assert done(ask, f"SELECT * FROM {name} ORDER BY n") == [("1", "a"), (None, None)]
    done(ask, f"CREATE EXTERNAL TABLE {name}_b (n int) CLUSTERED BY (n) INTO 4 BUCKETS {stored}")
    assert "bucketed" in ask(f"INSERT INTO {name}_b VALUES (1)").error
    assert "CLUSTERED BY ( \n  n) \nINTO 4 BUCKETS" in shown(ask, f"{name}_b")


def test_columns_of_an_iceberg_table_change(ask: Ask, name: str) -> None:
    location = f"LOCATION 's3://{BUCKET}/columns/{name}'"
    done(ask, f"CREATE TABLE {name} (a int, b string, at timestamp) PARTITIONED BY (day(at)) {location} {ICEBERG}")
    done(ask, f"INSERT INTO {name} VALUES (1, 'x', NULL)")
    done(ask, f"ALTER TABLE {name} CHANGE COLUMN a id bigint COMMENT 'key' AFTER b")
    done(ask, f"ALTER TABLE {name} SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep'='2')")
    assert shown(ask, name) == (
        f"CREATE TABLE {DATABASE}.{name} (\n  b string,\n  id bigint COMMENT 'key',\n  at timestamp)\n"
        f"PARTITIONED BY (day(`at`))\n{location}\nTBLPROPERTIES (\n  'table_type'='iceberg', \n  'format'='parquet', \n"
        "  'write_compression'='zstd', \n  'vacuum_min_snapshots_to_keep'='2')"
    )
    done(ask, f"ALTER TABLE {name} UNSET TBLPROPERTIES ('vacuum_min_snapshots_to_keep')")
    done(ask, f"ALTER TABLE {name} REPLACE COLUMNS (id bigint, c date, at timestamp)")
    assert "TYPE_MISMATCH" in ask(f"ALTER TABLE {name} CHANGE id id int").error
    assert "Cannot drop partition field" in ask(f"ALTER TABLE {name} DROP COLUMN at").error
    done(ask, f"ALTER TABLE {name} DROP COLUMN c")
    done(ask, f"ALTER TABLE {name} RENAME TO {DATABASE}.{name}_new")
    assert done(ask, f"SELECT * FROM {name}_new") == [("1", None)]
    assert "TABLE_ALREADY_EXISTS" in ask(f"ALTER TABLE {name}_new RENAME TO {name}_new").error
    assert "vacuum" not in shown(ask, f"{name}_new")
