"""Behind a proxy: what is on the loopback address is reached past it, by the stack and by those who use it."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.local.environment import aws_environment, child_environment
from txplatform.local.gateway.server import bind
from txplatform.local.state import StateDir

ENTITY = "payments"
EXAMPLE = {item.name: item.example for item in load_contracts()[ENTITY].fields}
UP = [sys.executable, "-c", "from txplatform.cli.main import main; main()", "up", "--state-dir"]
BOTO3 = """
import boto3, sys
sqs = boto3.client("sqs")
sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=sys.argv[1])["QueueUrl"], MessageBody=sys.argv[2])
"""
ITEM = """
import boto3, sys
print("Item" in boto3.client("dynamodb").get_item(TableName=sys.argv[1], Key={"pk": {"S": sys.argv[2]}}))
"""
PYATHENA = """
from pyathena import connect
print(connect(work_group="txplatform", schema_name="txplatform").cursor().execute("SELECT 40 + 2").fetchall())
"""


@pytest.fixture(scope="module")
def proxied() -> dict[str, str]:
    """Variables that send everything to a port on which nobody answers: it is bound, and closed at once."""
    with bind() as closed:
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
    names_ = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return child_environment({name: dead for upper in names_ for name in (upper, upper.lower())})


@pytest.fixture(scope="module")
def env_file(proxied: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The env file of a platform that was started behind the dead proxy."""
    state = tmp_path_factory.mktemp("proxied")
    with subprocess.Popen([*UP, str(state)], env=proxied, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown: list[str] = []
        for line in process.stdout:
            shown.append(line)
            if line == "Ctrl-C stops everything.\n":
                break
        assert process.poll() is None, "".join(shown)
        try:
            yield state / "env"
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def run(env_file: Path, proxied: dict[str, str]) -> Callable[..., str]:
    """Run a command in a shell that has sourced the env file; returns what it printed."""

    def run(*command: str) -> str:
        script = ["bash", "-c", f'set -eua; . {env_file}; set +a; exec "$@"', "bash", *command]
        done = subprocess.run(script, env=proxied, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.mark.slow
def test_a_message_travels_to_the_api_and_into_its_table(
    run: Callable[..., str], wait_until: Callable[..., Any]
) -> None:
    key = f"proxied-{uuid.uuid4().hex[:8]}"
    run(sys.executable, "-c", BOTO3, names.inbound_queue(ENTITY), json.dumps(EXAMPLE | {"payment_id": key}))
    item = (sys.executable, "-c", ITEM, names.entity_table(ENTITY), key)
    assert wait_until(lambda: run(*item) == "True", 30, "the item")


@pytest.mark.slow
def test_the_aws_command_line_and_pyathena(run: Callable[..., str]) -> None:
    aws = str(Path(sys.executable).with_name("aws"))
    assert "txplatform-lake-" in run(aws, "s3", "ls")
    assert run(sys.executable, "-c", PYATHENA) == "[(42,)]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "127.0.0.1,localhost"),
        ("", "127.0.0.1,localhost"),
        ("corp.example", "127.0.0.1,localhost,corp.example"),
        ("a,127.0.0.1,localhost", "a,127.0.0.1,localhost"),
        ("*", "*"),
    ],
)
def test_exceptions_from_proxies_are_kept(
    before: str | None, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    if before is not None:
        monkeypatch.setenv("NO_PROXY", before)
    assert aws_environment("http://127.0.0.1:1")["NO_PROXY"] == after
    state = StateDir(tmp_path)
    state.write_env(aws_environment("http://127.0.0.1:1"))
    shell = {} if before is None else {"NO_PROXY": before}
    script = f'set -eua; . {state.env_file}; . {state.env_file}; echo "$NO_PROXY"'
    assert subprocess.check_output(["bash", "-c", script], env=shell, text=True) == f"{after}\n"


@pytest.mark.parametrize("given", ["NO_PROXY", "no_proxy"])
def test_an_exception_under_one_name_counts_under_both(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    state = StateDir(tmp_path)
    state.write_env(aws_environment("http://127.0.0.1:1"))
    monkeypatch.setenv(given, "corp.example")
    expected = "127.0.0.1,localhost,corp.example"
    environment = aws_environment("http://127.0.0.1:1")
    assert (environment["NO_PROXY"], environment["no_proxy"]) == (expected, expected)
    script = f'set -eua; . {state.env_file}; echo "$NO_PROXY $no_proxy"'
    shown = subprocess.check_output(["bash", "-c", script], env={given: "corp.example"}, text=True)
    assert shown == f"{expected} {expected}\n"
