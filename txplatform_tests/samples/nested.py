"""The contract with nested fields of every kind, which tests of all stages share."""

from functools import cache
from pathlib import Path

from txplatform.contracts.loader import load_contract
from txplatform.contracts.model import Contract

PURCHASES = Path(__file__).parent / "purchases.yaml"


@cache
def purchases() -> Contract:
    """The contract of the sample entity."""
    return load_contract(PURCHASES)
