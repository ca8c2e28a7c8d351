"""Fixtures for tests on a local stack or a stand of the lake, started once a process and only when a test asks.

What they start is imported there: the functions' tests run where the platform is not installed (`make test-lambdas`).
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from txplatform.aws import AwsClients
    from txplatform.local.stack import LocalStack
    from txplatform_tests.lake_stand import Stand

pytest_plugins = ["txplatform_tests.parallel"]

# A busy machine is no defect: examples have no deadline.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", parent=settings.get_profile("dev"), max_examples=20)  # of `make test-fast`
# Shrinking takes up to five minutes a failure and cannot be bounded, so continuous integration reports the example as
# found, with the line that repeats it (`@reproduce_failure`). Shrink it on your machine. Its examples are the same in
# every run: a failure belongs to the change.
settings.register_profile(
    "ci",
    parent=settings.get_profile("dev"),
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    max_examples=40,
    print_blob=True,
    report_multiple_bugs=False,
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session", autouse=True)
def _no_aws_of_the_developer() -> Iterator[None]:
    """Keep the developer's own AWS out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("AWS_", "TXP_")):
                patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session", autouse=True)
def _signals_as_in_the_foreground() -> None:
    """Take SIGINT where a shell had it ignored, as it does for background jobs.

    Dagster treats SIGTERM as it finds SIGINT (its module `interrupts`), and processes that tests start inherit what
    is ignored: a child that should end on SIGTERM would not.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["LocalStack"]:
    """The platform on a local AWS, shared by all tests of the process: use keys that no other test uses."""
    from txplatform.local_platform import start_platform

    with start_platform(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def stack_env(stack: "LocalStack", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The stack's environment, set in this process for the test."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    return stack.environment


@pytest.fixture(scope="session")
def _stack_clients(stack: "LocalStack") -> "AwsClients":
    from txplatform.aws import AwsClients
    from txplatform.settings import Settings

    return AwsClients(Settings.from_env(stack.environment))


@pytest.fixture
def aws(stack_env: dict[str, str], _stack_clients: "AwsClients") -> "AwsClients":
    """Clients of the running stack."""
    return _stack_clients


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What clients of a local AWS sign with."""
    from txplatform_tests.lake_stand import CREDENTIALS

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stand(credentials: None) -> "Stand":
    """An entity like `payments`, of its own, on the lake side alone."""
    from txplatform_tests.lake_stand import Stand

    return Stand.of("payments")


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., Any]:
    """`wait_until(predicate, timeout=20, message="")`: what the predicate returns once it is truthy; fails after."""

    def wait(predicate: Callable[[], Any], timeout: float = 20.0, message: str = "") -> Any:
        deadline = time.monotonic() + timeout
        while True:
            value = predicate()
            if value:
                return value
            if time.monotonic() > deadline:
                pytest.fail(f"{message or 'what was waited for'} did not come about in {timeout} s; last: {value!r}")
            time.sleep(0.1)

    return wait
