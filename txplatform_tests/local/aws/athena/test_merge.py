"""MERGE INTO: the rows, the files, and what happens when another writer is first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException

from txplatform_tests.local.aws.athena.conftest import append, create_table, sale
from txplatform_tests.local.aws.aws_process import DATABASE, Ask

UPSERT = """
MERGE INTO {target} AS t
USING {source} AS s ON t.id = s.id AND t.created_at IS NOT DISTINCT FROM s.created_at
WHEN MATCHED AND s.quantity > t.quantity THEN UPDATE SET amount = s.amount, quantity = s.quantity
WHEN NOT MATCHED THEN INSERT (id, amount, quantity, created_at) VALUES (s.id, s.amount, s.quantity, s.created_at)
"""


@pytest.fixture
def pair(iceberg: GlueCatalog, name: str) -> tuple[str, str]:
    """Names of a target with three days in three files, and of a source that touches the second of them."""
    target, source = f"{name}_t", f"{name}_s"
    append(create_table(iceberg, target), *(sale(f"k{day}", "1.00", day, quantity=1) for day in (1, 2, 3)))
    append(
        create_table(iceberg, source),
        sale("k2", "2.50", 2, quantity=2),
        sale("k3", "9.99", 3, quantity=0),
        sale("new", "12345678901234.56", 4, quantity=1),
        sale("grave", None, None, quantity=1),
    )
    return target, source


def test_rows_are_updated_left_and_inserted(iceberg: GlueCatalog, pair: tuple[str, str], ask: Ask) -> None:
    target, source = pair
    before = {task.file.file_path for task in iceberg.load_table((DATABASE, target)).scan().plan_files()}
    answer = ask(UPSERT.format(target=target, source=source))
    assert answer.error == ""
    assert answer.update_count == 3
    assert ask(f"SELECT id, amount, quantity FROM {target} ORDER BY id").rows == [
        ("grave", None, "1"),
        ("k1", "1.00", "1"),
        ("k2", "2.50", "2"),
        ("k3", "1.00", "1"),
        ("new", "12345678901234.56", "1"),
    ]
    table = iceberg.load_table((DATABASE, target))
    planned = list(table.scan().plan_files())
    assert before < {task.file.file_path for task in planned}, "no file is rewritten"
    assert sum(len(task.delete_files) for task in planned) == 1, "only the file of the changed row has deletes"
    assert len(table.snapshots()) == 2, "one commit"


def test_merging_again_commits_nothing(iceberg: GlueCatalog, pair: tuple[str, str], ask: Ask) -> None:
    target, source = pair
    ask(UPSERT.format(target=target, source=source))
    snapshot = iceberg.load_table((DATABASE, target)).current_snapshot()
    assert ask(UPSERT.format(target=target, source=source)).update_count == 0
    assert iceberg.load_table((DATABASE, target)).current_snapshot() == snapshot


def test_matched_rows_can_be_deleted(pair: tuple[str, str], ask: Ask) -> None:
    target, source = pair
    sql = f"MERGE INTO {target} USING (SELECT id FROM {source}) s ON {target}.id = s.id WHEN MATCHED THEN DELETE"
    assert ask(sql).update_count == 2
    assert ask(f"SELECT id FROM {target}").rows == [("k1",)]


FIRST_MATCHING_CLAUSE = """
MERGE INTO {target} t USING {source} s ON t.id = s.id
WHEN MATCHED AND s.quantity = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET quantity = t.quantity + s.quantity, paid = amount_is_small
WHEN NOT MATCHED AND s.created_at IS NULL THEN INSERT (id, paid) VALUES (s.id, true)
WHEN NOT MATCHED AND s.id = 'never' THEN INSERT (id) VALUES (s.id)
"""


def test_the_first_clause_that_applies_counts_and_other_columns_stay(pair: tuple[str, str], ask: Ask) -> None:
    target, source = pair
    using = f"(SELECT id, quantity, created_at, amount < 100 AS amount_is_small FROM {source})"
    answer = ask(FIRST_MATCHING_CLAUSE.format(target=target, source=using))
    assert answer.error == ""
    assert answer.update_count == 3
    assert ask(f"SELECT id, quantity, paid, amount, reasons, date(created_at) FROM {target} ORDER BY id").rows == [
        ("grave", None, "true", None, None, None),
        ("k1", "1", None, "1.00", "[]", "2024-01-01"),
        ("k2", "3", "true", "1.00", "[]", "2024-01-02"),
    ]


def test_counts_stay_right_in_all_readers(iceberg: GlueCatalog, pair: tuple[str, str], ask: Ask) -> None:
    target, source = pair
    ask(UPSERT.format(target=target, source=source))
    delete = f"MERGE INTO {target} t USING {source} s ON t.id = s.id AND s.id <> 'k3' WHEN MATCHED THEN DELETE"
    assert ask(delete).update_count == 3  # one that was updated before, two that were inserted
    table = iceberg.load_table((DATABASE, target))
    assert ask(f"SELECT count(*), count(id), max(id) FROM {target}").rows == [("2", "2", "k3")]
    assert table.scan().to_arrow().column("id").sort().to_pylist() == ["k1", "k3"]
    assert table.scan(row_filter="id = 'k2'").to_arrow().num_rows == 0
    assert table.scan().count() == 2
    snapshot = table.current_snapshot()
    assert snapshot
    assert snapshot.summary
    # As in Iceberg's own totals, records in data files count, the deleted ones too.
    assert snapshot.summary["total-records"] == "6"
    assert snapshot.summary["total-position-deletes"] == "4"
    assert snapshot.summary["total-delete-files"] == "4"
    assert ask(f"SELECT count(*) FROM {target} FOR VERSION AS OF {table.snapshots()[-2].snapshot_id}").rows == [("5",)]


def test_optimize_merges_the_deletes(iceberg: GlueCatalog, pair: tuple[str, str], ask: Ask) -> None:
    target, source = pair
    ask(UPSERT.format(target=target, source=source))
    ask(f"MERGE INTO {target} t USING {source} s ON t.id = s.id WHEN MATCHED AND s.id = 'k2' THEN DELETE")
    rows = ask(f"SELECT id, amount FROM {target} ORDER BY id").rows
    assert ask(f"ALTER TABLE {target} SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold' = '1')").error == ""
    assert ask(f"OPTIMIZE {target} REWRITE DATA USING BIN_PACK").error == ""
    assert ask(f"SELECT id, amount FROM {target} ORDER BY id").rows == rows
    snapshot = iceberg.load_table((DATABASE, target)).current_snapshot()
    assert snapshot
    assert snapshot.summary
    assert snapshot.summary["total-records"] == str(len(rows))
    assert snapshot.summary["total-position-deletes"] == "0"
    assert snapshot.summary["total-delete-files"] == "0"


def test_a_merge_into_an_empty_table_inserts(iceberg: GlueCatalog, pair: tuple[str, str], ask: Ask, name: str) -> None:
    create_table(iceberg, name)
    assert ask(UPSERT.format(target=name, source=pair[1])).update_count == 4
    assert ask(f"SELECT count(*), sum(amount) FROM {name}").rows == [("4", "12345678901247.05")]


REFUSALS = {
    "MERGE INTO {t} t USING {s} s ON t.id LIKE 'k%' WHEN MATCHED THEN UPDATE SET quantity = 5": "MERGE_TARGET_ROW",
    "MERGE INTO {t} t USING {s} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET amount = s.amount * 1.5": "TYPE_MISMATCH",
    "MERGE INTO {t} t USING {s} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET quantity = s.id": "TYPE_MISMATCH",
    "MERGE INTO {t} t USING {s} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET nope = s.id": "COLUMN_NOT_FOUND",
    "MERGE INTO {t} t USING {s} s ON t.id = s.nope WHEN MATCHED THEN DELETE": "COLUMN_NOT_FOUND",
    "MERGE INTO {t} t USING {s} s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (quantity) VALUES (s.quantity)": "CONSTR",
    "MERGE INTO nowhere t USING {s} s ON t.id = s.id WHEN MATCHED THEN DELETE": "TABLE_NOT_FOUND",
}


@pytest.mark.parametrize("sql", REFUSALS)
def test_refused(sql: str, pair: tuple[str, str], ask: Ask, iceberg: GlueCatalog) -> None:
    target, source = pair
    answer = ask(sql.format(t=target, s=source))
    assert answer.error.startswith(REFUSALS[sql])
    assert len(iceberg.load_table((DATABASE, target)).snapshots()) == 1


def test_nothing_is_lost_among_merges_and_appends(iceberg: GlueCatalog, name: str, ask: Ask) -> None:
    create_table(iceberg, name)

    def merge(writer: int) -> str:
        source = f"(SELECT 'm{writer}' AS id, 1 AS one FROM {name} UNION SELECT 'm{writer}', 1)"
        return ask(
            f"MERGE INTO {name} t USING {source} s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)"
        ).error

    def add(writer: int) -> str:
        while True:
            try:
                append(iceberg.load_table((DATABASE, name)), sale(f"a{writer}", "1.00"))
            except CommitFailedException:
                continue
            return ""

    with ThreadPoolExecutor(4) as pool:
        errors = [*pool.map(lambda n: (merge if n % 2 else add)(n), range(8))]
    stored = {key for (key,) in ask(f"SELECT id FROM {name}").rows}
    assert {f"a{writer}" for writer in range(0, 8, 2)} <= stored
    for writer in range(1, 8, 2):  # a merge that lost every race says so, and has changed nothing
        assert (f"m{writer}" in stored) == (errors[writer] == "")
        assert errors[writer] == "" or errors[writer].startswith("ICEBERG_COMMIT_ERROR")
    assert len(ask(f"SELECT id FROM {name}").rows) == len(stored)
