"""A query sees every table at one commit, while another process commits to it."""

import threading
from decimal import Decimal

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.table import Table

from txplatform_tests.local.aws.athena.conftest import append, create_table, sale
from txplatform_tests.local.aws.aws_process import DATABASE, Ask

COMMITS = 8


def test_each_answer_is_that_of_one_commit(iceberg: GlueCatalog, ask: Ask, name: str) -> None:
    create_table(iceberg, name)
    committed = threading.Event()

    def write() -> None:
        table: Table = iceberg.load_table((DATABASE, name))
        for number in range(COMMITS):  # each commit keeps the sum at zero
            append(table, sale(f"{number}+", f"{number}.25", 1), sale(f"{number}-", f"-{number}.25", 2))
        committed.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts: list[int] = []
    while not committed.is_set():
        answer = ask(f"SELECT count(*), sum(amount), (SELECT count(*) FROM {name}) FROM {name}")
        assert answer.error == ""
        ((count, total, again),) = answer.rows
        assert count == again
        assert int(count or 0) % 2 == 0
        assert total is None or Decimal(total) == 0
        counts.append(int(count or 0))
    writer.join()
    assert counts == sorted(counts)
    assert ask(f"SELECT count(*) FROM {name}").rows == [(str(2 * COMMITS),)]


def test_metadata_that_expires_is_no_obstacle(iceberg: GlueCatalog, ask: Ask, name: str) -> None:
    table = create_table(iceberg, name)
    with table.transaction() as transaction:
        transaction.set_properties(
            {"write.metadata.delete-after-commit.enabled": "true", "write.metadata.previous-versions-max": "1"}
        )
    for number in range(4):
        append(table, sale(str(number), "1.00"))
        assert ask(f"SELECT count(*) FROM {name}").rows == [(str(number + 1),)]
