"""Runs Schemathesis against the local stack: every check, with the tokens of a provider."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode

import urllib3

from txplatform.client import ClientCredentials
from txplatform.contracts.names import OPENAPI_PATH
from txplatform.demo.api_reads import Provider

ROOT = Path(__file__).parents[2]
HOOKS = "txplatform_tests.generated.hooks"
PHASES = ("examples", "coverage", "fuzzing", "stateful")


class Outcome(NamedTuple):
    """How a run ended: its status, 0 where it found nothing, and what it printed."""

    status: int
    text: str


def run(
    environment: Mapping[str, str],
    provider: Provider,
    *,
    examples: int,
    seed: int | None = None,
    paths: str = "",
    phases: Sequence[str] = PHASES,
) -> Outcome:
    """Try about so many generated requests of each operation whose path matches `paths`.

    With a seed they are the same in every run.
    """
    options = {
        "--header": f"Authorization: Bearer {_token(provider.credentials)}",
        "--checks": "all",
        "--phases": ",".join(phases),
        "--max-examples": str(examples),
        "--suppress-health-check": "filter_too_much,too_slow",  # a busy machine, and patterns of few texts
        "--request-timeout": "60",
        "--warnings": "off",
        **({"--include-path-regex": paths} if paths else {}),
        **({} if seed is None else {"--seed": str(seed)}),
    }
    command = [sys.executable, "-m", "schemathesis.cli", "run", environment["TXP_API_URL"] + OPENAPI_PATH]
    command += ["--continue-on-failure", "--no-shrink", *([] if seed is None else ["--generation-deterministic"])]
    command += [text for option in options.items() for text in option]
    variables = os.environ | environment | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    with TemporaryDirectory(prefix="txplatform-") as folder:
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    return Outcome(done.returncode, done.stdout + done.stderr)


def _token(credentials: ClientCredentials) -> str:
    form = {"grant_type": "client_credentials", "scope": " ".join(credentials.scopes)}
    headers = urllib3.make_headers(basic_auth=f"{credentials.client_id}:{credentials.client_secret}")
    headers["content-type"] = "application/x-www-form-urlencoded"
    body = urlencode({name: value for name, value in form.items() if value})
    return str(urllib3.request("POST", credentials.token_url, body=body, headers=headers).json()["access_token"])
