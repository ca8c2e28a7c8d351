"""The fixture of the end-to-end tests."""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform.aws import AwsClients
from txplatform.contracts.loader import load_contracts
from txplatform.lake.catalog import Lake
from txplatform.ledger import Ledger
from txplatform.warehouse.athena import Athena
from txplatform_tests.e2e.flow import Platform


@pytest.fixture
def platform(aws: AwsClients, stack_env: dict[str, str], wait_until: Callable[..., Any]) -> Platform:
    return Platform(
        aws,
        load_contracts(),
        Lake(aws, aws.settings.lake_bucket, aws.settings.commit_allowance),
        Ledger(aws, aws.settings.lake_bucket),
        Athena(aws),
        stack_env,
        wait_until,
    )
