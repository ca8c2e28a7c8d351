"""Which AWS the local stack pretends to be, and how a process reaches it: constants and environment variables."""

import os
from collections.abc import Mapping
from pathlib import Path

ACCOUNT = "123456789012"
REGION = "us-east-1"
ACCESS_KEY_ID = "local"
SECRET_ACCESS_KEY = "local"  # noqa: S105  accepted by the local AWS alone, which accepts any

LOOPBACK_HOSTS = "127.0.0.1,localhost"
PROXY_EXCEPTIONS = ("NO_PROXY", "no_proxy")

# The allocator inside of polars keeps freed memory for ten seconds, not for half of one, and glibc's up to 128 MiB:
# batch after batch takes what the one before had. It is a tenth of what ingestion of a large file costs, most of it in
# the kernel.
ALLOCATOR = {
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,muzzy_decay_ms:-1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
_SOURCE_ROOT = Path(__file__).parents[2]


def aws_environment(endpoint: str) -> dict[str, str]:
    """Return the variables with which any AWS client reaches the local AWS at `endpoint`, past every proxy."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        # The account-id host names that boto3 builds for DynamoDB streams otherwise are unknown to the local AWS.
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        **{name: _with_loopback(os.environ.get(name) or _either_exception()) for name in PROXY_EXCEPTIONS},
    }


def child_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a child process: `variables` and what a process needs to run at all.

    Nothing else is inherited: a developer's AWS profile or endpoint must not reach the local stack.
    """
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    isolated = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(_SOURCE_ROOT),
        "PYTHONUNBUFFERED": "1",
        **ALLOCATOR,
    }
    return inherited | isolated | dict(variables)


def _either_exception() -> str:
    """What one of the two variables holds: clients that prefer the other must not lose it."""
    return next((os.environ[name] for name in PROXY_EXCEPTIONS if os.environ.get(name)), "")


def _with_loopback(exceptions: str) -> str:
    """Add the loopback hosts to the hosts that are reached without a proxy; `*` stands for all hosts already."""
    if exceptions == "*" or f",{LOOPBACK_HOSTS}," in f",{exceptions},":
        return exceptions
    return f"{LOOPBACK_HOSTS},{exceptions}".removesuffix(",")
