"""The fixture of the end-to-end tests."""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform.aws import AwsClients
from txplatform_tests.e2e.flow import Platform


@pytest.fixture
def platform(aws: AwsClients, stack_env: dict[str, str], wait_until: Callable[..., Any]) -> Platform:
    return Platform.of(aws, stack_env, wait_until)
