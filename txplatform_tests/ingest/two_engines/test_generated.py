"""Of generated records, whole contracts with all that is nested in them, both engines say the same.

Values, rules and the places of the rules agree, not only whether a record passes.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform_tests.ingest.two_engines import corpus
from txplatform_tests.ingest.two_engines.engines import by_the_functions, by_the_lake
from txplatform_tests.ingest.two_engines.generated import lines
from txplatform_tests.lambdas.nested import schema_of
from txplatform_tests.samples.nested import purchases

CONTRACTS = {**load_contracts(), "purchases": purchases(), "corpus": corpus.contract()}


def differences(contract: Contract, records: list[str]) -> list[tuple[str, Any, Any]]:
    """The records of which the engines say different things."""
    schema = schema_of(contract)
    lake = by_the_lake(contract, "a.jsonl", "\n".join(records).encode())
    assert len(lake) == len(records)
    both = [(line, by_the_functions(schema, line), found) for line, found in zip(records, lake.values(), strict=True)]
    return [(line, functions, found) for line, functions, found in both if functions != found]


@pytest.mark.parametrize("name", ["payments", "trades", "purchases", "corpus"])
@settings(deadline=None, max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_records_mean_the_same_to_both_engines(name: str, seed: int) -> None:
    assert differences(CONTRACTS[name], lines(CONTRACTS[name], seed, 400))[:1] == []


@pytest.mark.long
@pytest.mark.parametrize("name", CONTRACTS)
def test_thousands_of_records_mean_the_same_to_both_engines(name: str) -> None:
    each = -(-18_000 // len(CONTRACTS) // 400)
    found = [item for seed in range(each) for item in differences(CONTRACTS[name], lines(CONTRACTS[name], seed, 400))]
    assert found == []


@pytest.mark.parametrize("number", ["1", "1.0", "0.1e1", "-0", "0.00000000000000000000000000000000001e35", "true"])
def test_a_number_is_as_it_is_written_whatever_text_stands_beside_it(number: str) -> None:
    beside = ['"plain"', r'"\ud83d\ude00"', '"[1]"', r'"\ufdd0"']
    lines = [f'{{"grade": {number}, "box": {{"label": {text}}}}}' for text in beside]
    assert differences(CONTRACTS["corpus"], lines) == []
