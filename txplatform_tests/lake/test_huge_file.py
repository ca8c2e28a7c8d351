"""A file larger than memory goes through the files lane; docs/benchmarks.md has the figures of one run."""

import json
import subprocess
import sys

import pytest

from txplatform_tests.lake.huge_file import BAD

GIB = 2**30
MOST_BYTES = 1_200_000_000


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_six_gibibytes_take_no_more_than_their_share_of_memory() -> None:
    command = [sys.executable, "-m", "txplatform_tests.lake.huge_file", str(6 * GIB)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    figures = json.loads(done.stdout)
    assert figures["bytes"] >= 6 * GIB
    assert figures["peak_bytes"] <= MOST_BYTES
    assert figures["quarantined"] == -(-(figures["rows"] + figures["quarantined"]) // BAD)
