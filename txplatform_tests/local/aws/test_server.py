"""The process: it announces itself, stops on request, and does not outlive its parent."""

import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import start_server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_a_long_poll_is_open(tmp_path: Path, number: signal.Signals) -> None:
    process, endpoint = start_server(tmp_path)
    sqs = LocalClients(endpoint)("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    poll = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from txplatform.local.clients import LocalClients as C\n"
            "C(sys.argv[1])('sqs').receive_message(QueueUrl=sys.argv[2], WaitTimeSeconds=20)",
            endpoint,
            queue,
        ],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1)
    process.send_signal(number)
    assert process.wait(timeout=5) == 0
    poll.kill()
    poll.wait()


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-m', 'txplatform.local.aws', '--ready-file', sys.argv[1],\n"
            "    '--parent-pid', str(os.getpid())])\n"
            "print(child.pid, flush=True); time.sleep(600)",
            str(ready),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    while not ready.exists():
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and not _is_zombie(child):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.05)


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_listens_on_this_machine_alone(endpoint: str) -> None:
    assert endpoint.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=10) as answer:
        assert answer.status == 200


def test_an_empty_object_is_stored(client: LocalClients, name: str) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="empty", Body=b"")
    assert s3.head_object(Bucket=name, Key="empty")["ContentLength"] == 0


def test_the_ready_file_is_the_only_trace(tmp_path: Path) -> None:
    process, _ = start_server(tmp_path)
    process.terminate()
    process.wait(timeout=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "ready.json"]
