"""Every odd file ends as a careful person would want, and each of its records is accepted, refused or ignored.

Compressed and other formats, encodings and files recognised by their content have a table of their own.
"""

import io
from collections import Counter
from dataclasses import replace
from typing import Any, cast

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.object_gate import gate_object
from txplatform.ingest.readers import read_file
from txplatform.ledger.ignored_names import is_ignored
from txplatform_tests.ingest.odd_files import (
    collected,
    columns,
    csv_structure,
    csv_values,
    json_files,
    names,
    typed_files,
)
from txplatform_tests.ingest.odd_files.case import Odd

TABLES = (csv_structure, csv_values, columns, json_files, typed_files, names, collected)
CASES = [case for table in TABLES for case in table.CASES]
PAYMENTS = load_contracts()["payments"]


def test_the_table_is_long_and_names_each_case_once() -> None:
    assert len(CASES) >= 120
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id.encode("ascii", "replace").decode()) for case in CASES])
def test_an_odd_file_ends_as_wanted(case: Odd) -> None:
    assert is_ignored(f"raw/payments/dt=2026-01-01/{case.name}") == case.ignored
    if case.ignored:
        return
    contract = replace(PAYMENTS, unknown_fields=cast("Any", case.policy), texts=case.texts)
    rows, refused, whole, records, unknown = list[str](), dict[int, str](), None, 0, Counter[str]()
    for outcome in gate_object(contract, case.name, case.name, io.BytesIO(case.content), read_file):
        if isinstance(outcome, FileRejected):
            rows, refused, whole = [], {}, outcome.rule
            assert outcome.message
            continue
        raw, gated = outcome
        unknown.update(raw.unknown)
        rows += gated.good["payment_id"].to_list()
        for row, reasons in gated.refused.select("row", "reasons").iter_rows():
            assert row not in refused
            assert all(reason["message"] for reason in reasons)
            refused[row] = " ".join(sorted({reason["rule"] for reason in reasons}))
        records += raw.rows.len() + raw.broken.height
    assert whole or len(rows) + len(refused) == records
    assert (tuple(rows), refused, whole, dict(unknown)) == (case.rows, case.refused, case.whole, case.unknown)
