import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract

CONTRACTS = load_contracts()


@pytest.fixture(scope="session", params=CONTRACTS.values(), ids=CONTRACTS.keys())
def contract(request: pytest.FixtureRequest) -> Contract:
    """Each shipped contract in turn."""
    return request.param
