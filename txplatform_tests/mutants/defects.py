"""The defects: each a change of a few characters, of a kind that happens, and the tests that are to see it."""

from dataclasses import dataclass

_LAKE = "txplatform/lake"
_API = "lambdas/data_api"
_TESTS = "txplatform_tests"


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect. `wrong` takes the place of `right`, which is in the file once."""

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


DEFECTS = (
    Defect(
        "the order key is ignored",
        "txplatform/warehouse/statements.py",
        '_ORDER = f\'"{ORDER_KEY}" DESC, "{INGESTED_AT}" DESC\'',
        '_ORDER = f\'"{INGESTED_AT}" DESC, "{ORDER_KEY}" DESC\'',
        (f"{_TESTS}/warehouse/test_statements.py",),
    ),
    Defect(
        "the view shows the folded row of a changed key too",
        "txplatform/warehouse/statements.py",
        '"_high" IS NULL AND NOT s.',
        '"_high" IS NULL OR NOT s.',
        (f"{_TESTS}/warehouse/test_statements.py",),
    ),
    Defect(
        "a tie between equal versions is flipped",
        f"{_API}/outcomes.py",
        "if schema.rank_of(record) < schema.rank_of(stored):",
        "if schema.rank_of(record) > schema.rank_of(stored):",
        (f"{_TESTS}/lambdas/data_api/test_ties.py",),
    ),
    Defect(
        "an older version replaces a newer one",
        f"{_API}/outcomes.py",
        "if stored.deleted or version < stored.version:",
        "if stored.deleted:",
        (f"{_TESTS}/lambdas/data_api/test_core.py", f"{_TESTS}/lambdas/data_api/test_convergence.py"),
    ),
    Defect(
        "the answer is kept after the record is written",
        f"{_API}/adapters.py",
        'self._dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Put": dict(receipt)}])',
        "self._dynamodb.put_item(**put), self._dynamodb.put_item(**receipt)",
        (f"{_TESTS}/lambdas/data_api/test_idempotency.py", f"{_TESTS}/lambdas/data_api/test_transactions.py"),
    ),
    Defect(
        "amounts pass through doubles",
        "lambdas/shared/jsonio.py",
        "parse_float=lambda number: Decimal(number) if",
        "parse_float=lambda number: Decimal(float(number)) if",
        (f"{_TESTS}/lambdas/shared/test_jsonio.py",),
    ),
    Defect(
        "the message that failed is not given back to its queue",
        "lambdas/source/handler.py",
        "for message_id in sorted(retries.ids)]}",
        "for message_id in sorted(retries.ids)[1:]]}",
        (f"{_TESTS}/lambdas/source/test_handler.py",),
    ),
    Defect(
        "the place that a record has left keeps its row",
        "lambdas/cdc/core.py",
        "previous = _previous_identity(schema, change)",
        "previous = None",
        (f"{_TESTS}/lambdas/cdc",),
    ),
    Defect(
        "a batch is not looked up before it is appended",
        f"{_LAKE}/commit.py",
        "return last == batch_id",
        "return False",
        (f"{_TESTS}/lake/test_commit.py",),
    ),
    Defect(
        "a commit without an answer counts as failed for good",
        f"{_LAKE}/races.py",
        "NOT_COMMITTED = (CommitFailedException, CommitStateUnknownException)",
        "NOT_COMMITTED = (CommitFailedException,)",
        (f"{_TESTS}/lake/test_commit.py",),
    ),
    Defect(
        "a commit is sent again by the client",
        f"{_LAKE}/catalog.py",
        'clients.client("glue", retries=False)',
        'clients.client("glue")',
        (f"{_TESTS}/lake/test_commit.py", f"{_TESTS}/lake/test_catalog.py"),
    ),
    Defect(
        "objects are done before their rows are committed",
        f"{_LAKE}/changes.py",
        """            refused = _commit(contract, lake, ledger, table, batch, run)
            ledger.done(tried)
""",
        """            ledger.done(tried)
            refused = _commit(contract, lake, ledger, table, batch, run)
""",
        (f"{_TESTS}/lake/test_changes.py",),
    ),
    Defect(
        "refused changes are dropped",
        f"{_LAKE}/changes.py",
        "    if refused:\n        quarantined",
        "    if not refused and good:\n        quarantined",
        (f"{_TESTS}/lake/test_changes.py",),
    ),
    Defect(
        "rows count as folded before the MERGE",
        f"{_LAKE}/fold.py",
        '    query_id = ""\n',
        '    query_id = ""\n    ledger.set_folded(contract.name, Folded(epoch, utc_now()))\n',
        (f"{_TESTS}/lake/test_fold.py", f"{_TESTS}/lake/test_fold_partitions.py"),
    ),
    Defect(
        "rows that lost a race keep the epoch of their first attempt",
        f"{_LAKE}/written_rows.py",
        "if epoch != self.epoch:",
        "if epoch < self.epoch:",
        (f"{_TESTS}/lake/test_data_files.py",),
    ),
    Defect(
        "a late change enters the open epoch",
        f"{_LAKE}/late_rows.py",
        "late = rows.filter(pl.col(ORDER_KEY) <= closed_order_key(table), ~loaded)",
        "late = rows.filter(pl.col(ORDER_KEY) < '', ~loaded)",
        (f"{_TESTS}/lake/test_fold.py", f"{_TESTS}/lake/test_fold_order.py"),
    ),
    Defect(
        "a bootstrap does not raise the generation",
        f"{_LAKE}/bootstrap.py",
        "begun = Generation(current + 1, ",
        "begun = Generation(current, ",
        (f"{_TESTS}/lake/test_generations.py", f"{_TESTS}/lake/test_bootstrap.py"),
    ),
    Defect(
        "a key that a delivery no longer has gets no tombstone",
        f"{_LAKE}/redelivery.py",
        'gone = decided.join(rows, on=KEY, how="anti")',
        "gone = decided.clear()",
        (f"{_TESTS}/lake/test_files.py",),
    ),
    Defect(
        "a refused row lets its key be deleted",
        f"{_LAKE}/delivery.py",
        "keys.append(_digests(contract, item, gated))",
        "_digests(contract, item, gated)",
        (f"{_TESTS}/lake/test_data_files.py",),
    ),
    Defect(
        "the order keys of a day that comes again go down",
        f"{_LAKE}/day_comparison.py",
        "below.append(lowered(found.decided, last))",
        "below.append(lowered(found.decided, last).clear())",
        (f"{_TESTS}/lake/test_files.py",),
    ),
    Defect(
        "a scan of the ledger ends after its first page",
        "txplatform/ledger/table.py",
        """            yield from page["Items"]

    def _rows_pending(""",
        """            yield from page["Items"]
            return

    def _rows_pending(""",
        (f"{_TESTS}/ledger",),
    ),
    Defect(
        "a file that was corrected under its name counts as known",
        "txplatform/ledger/rows.py",
        'content = "" if self.has_version else f"#{self.etag}"',
        'content = ""',
        (f"{_TESTS}/ledger/test_unversioned.py",),
    ),
    Defect(
        "parity does not look into a record",
        "txplatform/parity/comparison.py",
        "if rows.pop(record.key, None) != [record.digest]:",
        "if rows.pop(record.key, None) is None:",
        (f"{_TESTS}/parity/test_comparison.py", f"{_TESTS}/parity/test_check.py"),
    ),
    Defect(
        "a version of the past ends when the next one began, whatever came after",
        "txplatform/warehouse/history.py",
        "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING",
        "ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING",
        (f"{_TESTS}/warehouse/test_history.py",),
    ),
)
