"""The commands of the documents that no test can run, each with the reason and with what is checked instead."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BIN = Path(sys.prefix) / "bin"
_PLACEHOLDER = re.compile(r"<[^>]*>")
_ACCOUNT = "needs an account of AWS"
_SETS_UP = "sets up a virtual environment from a package registry"


@dataclass(frozen=True, slots=True)
class Unplayed:
    """Commands that match `pattern` are not run. `check` raises AssertionError for one that cannot be right."""

    pattern: str
    reason: str
    check: Callable[[str], None]


def _make(command: str) -> None:
    """The target exists, and make can tell what it would do."""
    done = subprocess.run(
        ["bash", "-c", command.replace("make", "make -n", 1)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def _aws(command: str) -> None:
    """Service, operation and parameters exist: the CLI checks them without a call when it is asked for a skeleton."""
    arguments = shlex.split(_PLACEHOLDER.sub("arn:aws:sns:us-east-1:123456789012:x", command), comments=True)[1:]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""}
    skeleton = [str(_BIN / "aws"), *arguments, "--generate-cli-skeleton", "output"]
    done = subprocess.run(skeleton, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _options(command: str) -> None:
    """The program has the subcommand and every option, by its own help, and files that are named exist."""
    program, *arguments = shlex.split(command, comments=True)
    subcommands = [argument for argument in arguments[:1] if not argument.startswith("-")]
    done = subprocess.run([str(_BIN / Path(program).name), *subcommands, "--help"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for argument in arguments:
        if argument.startswith("-"):
            assert re.search(rf"(?<!\S){re.escape(argument)}\b", done.stdout), argument
        elif argument.endswith(".yaml"):
            assert (ROOT / argument).is_file(), argument


UNPLAYED = (
    Unplayed(
        r"make (demo|test|fuzz|up|synth|check|docs|docs-serve|bootstrap|deploy|diff|destroy|roles)\b", _SETS_UP, _make
    ),
    Unplayed(r"aws (sns|iam|cloudformation|sqs) ", _ACCOUNT, _aws),
    Unplayed(r"\.venv/bin/txplatform backfill ", "needs Dagster's webserver; an end-to-end test starts one", _options),
    Unplayed(r"dagster-(webserver|daemon) ", "runs until it is stopped; the demo's test starts both", _options),
)


def why_not(command: str) -> Unplayed | None:
    """The entry of the table for a command, or None when it is to be run."""
    return next((entry for entry in UNPLAYED if re.match(entry.pattern, command)), None)
