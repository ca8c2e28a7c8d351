"""Both engines make of each value of the shared corpus what the corpus says: one rule set, however a value comes."""

import csv
import io
import json
from collections import Counter
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from txplatform_tests.ingest.two_engines.corpus import FIELDS, NOT_HELD, REQUIRED, Case, Written, cases, contract
from txplatform_tests.ingest.two_engines.engines import Outcome, by_the_functions, by_the_lake
from txplatform_tests.lambdas.nested import schema_of

CASES, CONTRACT = cases(), contract()
_OF_PARQUET = {"text": pl.String(), "whole": pl.Int64(), "decimal": pl.Decimal(38, 9), "boolean": pl.Boolean()}


def of_field(case: Case, outcome: Outcome) -> Any:
    """The reasons, or the value of the case's field."""
    return outcome.get(case.field) if isinstance(outcome, dict) else outcome


def line(case: Case) -> str:
    return f'{json.dumps(REQUIRED)[:-1]}, "{case.field}": {case.json}}}'


def differing(held: list[Case], outcomes: list[Outcome], expected: str) -> list[tuple[str, str, Any, Any]]:
    found = [(case, of_field(case, outcome)) for case, outcome in zip(held, outcomes, strict=True)]
    wanted = [(case, outcome, getattr(case, expected)) for case, outcome in found]
    return [(case.field, case.json, outcome, want) for case, outcome, want in wanted if _exact(outcome) != _exact(want)]


def _exact(outcome: Any) -> str:
    """Its text, by which 1 is neither true nor "1"."""
    return json.dumps(outcome)


def test_the_corpus_has_every_field_and_no_case_twice() -> None:
    assert len(CASES) >= 250
    assert {case.field for case in CASES} == {field.name for field in FIELDS}
    assert not [case for case, count in Counter((case.field, case.json) for case in CASES).items() if count > 1]


def test_the_functions_keep_to_the_corpus() -> None:
    schema = schema_of(CONTRACT)
    assert differing(CASES, [by_the_functions(schema, line(case)) for case in CASES], "typed") == []


def test_json_files_keep_to_the_corpus() -> None:
    outcomes = by_the_lake(CONTRACT, "a.jsonl", "\n".join(map(line, CASES)).encode())
    assert differing(CASES, list(outcomes.values()), "typed") == []


def test_delimited_files_keep_to_the_corpus() -> None:
    held = [case for case in CASES if case.text is not NOT_HELD]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*REQUIRED, *(field.name for field in FIELDS)])
    writer.writeheader()
    writer.writerows({**REQUIRED, case.field: case.cell} for case in held)
    outcomes = by_the_lake(CONTRACT, "a.csv", out.getvalue().encode())
    assert differing(held, list(outcomes.values()), "text") == []


@pytest.mark.parametrize("kind", _OF_PARQUET)
def test_parquet_files_keep_to_the_corpus(kind: str) -> None:
    held = [case for case in CASES if _kind(case) == kind]
    assert len(held) > 15
    for field in {case.field for case in held}:
        of_field = [case for case in held if case.field == field]
        rows = [{**REQUIRED, field: _of_parquet(kind, case)} for case in of_field]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(REQUIRED, pl.String()) | {field: _OF_PARQUET[kind]})
        outcomes = list(by_the_lake(CONTRACT, "a.parquet", frame).values())
        assert differing(of_field, outcomes or [[f"{field}: type"]] * len(of_field), "typed") == []


def _kind(case: Case) -> str | None:
    """The kind of a column of Parquet that holds the value of a scalar field exactly."""
    if case.field in {"shares", "sizes", "box", "extra"} or case.text is NOT_HELD:
        return None
    match case.value:
        case bool():
            return "boolean"
        case Written() as number if number.removeprefix("-").isdecimal() and abs(int(number)) < 2**63:
            return "whole"
        case Written() as number if "." in number and "e" not in number.lower() and len(number.split(".")[1]) <= 9:
            return None if case.field == "rank" else "decimal"  # 1.5 is 1.500000000 there
        case str() as text if not isinstance(text, Written):
            return "text"
        case _:
            return None


def _of_parquet(kind: str, case: Case) -> Any:
    if kind == "whole":
        return int(case.json)
    return Decimal(case.json) if kind == "decimal" else case.value
