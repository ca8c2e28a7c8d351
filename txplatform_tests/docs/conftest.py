"""The fixtures of the documents' tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.aws import AwsClients
from txplatform.local.stack import LocalStack
from txplatform_tests.e2e.flow import Platform


@pytest.fixture
def platform(aws: AwsClients, stack_env: dict[str, str], wait_until: Callable[..., Any]) -> Platform:
    return Platform.of(aws, stack_env, wait_until)


@pytest.fixture
def state_dir(stack: LocalStack) -> Path:
    """Where the running stack keeps its env file."""
    return stack.state.path
