"""Counts leave as whole lines in the embedded metric format, whoever else writes at the same time."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from lambdas.shared.metrics import Metrics

ROOT = Path(__file__).parents[3]
WRITERS = """
from collections import Counter
from threading import Thread
from lambdas.shared.metrics import Metrics

def count(metrics):
    for _ in range(200):
        with metrics.counting() as counts:
            counts["payments"] = Counter(MessagesAccepted=1)

metrics = Metrics("Transactions", "Entity")
threads = [Thread(target=count, args=(metrics,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_invocations_of_one_process_do_not_split_each_other_s_lines() -> None:
    done = subprocess.run([sys.executable, "-u", "-c", WRITERS], cwd=ROOT, capture_output=True, text=True, check=True)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(documents) == 800
    assert {document["Entity"] for document in documents} == {"payments"}


def _count_and_fail(metrics: Metrics) -> None:
    with metrics.counting() as counts:
        counts["payments"] = Counter(MessagesAccepted=3, MessagesRefused=0)
        raise ValueError("broken")


def test_what_was_counted_before_an_error_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="broken"):
        _count_and_fail(Metrics("Transactions", "Entity"))
    document = json.loads(capsys.readouterr().out)
    assert document["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Entity"]]
    assert (document["MessagesAccepted"], document["MessagesRefused"]) == ([3.0], [0.0])
