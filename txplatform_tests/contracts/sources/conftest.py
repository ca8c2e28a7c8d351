"""The shipped source systems, compiled as the function has them."""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform.cli.mapping_trial import Trial
from txplatform.contracts.mapping.loader import load_systems
from txplatform_tests.contracts.sources.shapes import CONTRACTS

Read = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def read() -> Read:
    """Reads a message of a system: what it yields."""
    trials = {name: Trial(system, CONTRACTS) for name, system in load_systems(CONTRACTS).items()}
    return lambda system, text: trials[system].read(text)
