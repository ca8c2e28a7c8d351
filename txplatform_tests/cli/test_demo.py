"""How the demo ends, with its processes replaced: whatever happens, all is stopped and the process is gone."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("dagster")

# A thread of a library that never ends stands for those that keep an interpreter from ending.
SCRIPT = """
import os, signal, sys, threading
threading.Thread(target=threading.Event().wait).start()
from txplatform.cli import demo
from txplatform.local.errors import LocalStackError

class State:
    def write_env(self, environment):
        print(*environment, flush=True)

class Stack:
    environment = {}
    state = State()
    @classmethod
    def start(cls, *_, **__):
        START
        return cls()
    def stop(self):
        os.kill(os.getpid(), signal.SIGINT)  # a second Ctrl-C
        print("stack stopped", flush=True)

class Dagster:
    url = "http://127.0.0.1:1"
    @classmethod
    def start(cls, *_):
        return cls()
    def begin_stop(self):
        os.kill(os.getpid(), signal.SIGTERM)
    def stop(self):
        print("dagster stopped", flush=True)

def play(*_):
    PLAY

demo.start_platform, demo.DagsterDev, demo._play = Stack.start, Dagster, play
demo.demo(["--exit"])
"""


@pytest.mark.parametrize(
    ("start", "play", "status", "printed"),
    [
        ("pass", "return True", 0, ["TXP_DAGSTER_URL", "stack stopped", "dagster stopped"]),
        ("pass", "return False", 1, ["stack stopped", "dagster stopped"]),
        ("pass", "os.kill(os.getpid(), signal.SIGINT)", 130, ["stack stopped", "dagster stopped", "Stopped"]),
        ("pass", "os.kill(os.getpid(), signal.SIGTERM)", 130, ["stack stopped", "dagster stopped", "Stopped"]),
        ("pass", "raise KeyError('a defect')", 1, ["stack stopped", "dagster stopped", "KeyError: 'a defect'"]),
        ("raise LocalStackError('no port')", "pass", 1, ["Error: no port"]),
    ],
)
def test_the_demo_ends(start: str, play: str, status: int, printed: list[str], tmp_path: Path) -> None:
    script = textwrap.dedent(SCRIPT).replace("START", start).replace("PLAY", play)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == status, ended.stdout
    for line in printed:
        assert line in ended.stdout


def test_the_command_is_a_module_too() -> None:
    help_ = subprocess.run([sys.executable, "-m", "txplatform", "--help"], capture_output=True, text=True, check=True)
    assert "Usage: txplatform" in help_.stdout
