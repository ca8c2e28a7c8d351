"""Every bench runs at its small size: that its parts fit together, not how long they take.

Save one: `freshness` starts a whole `dagster dev`, as the end-to-end suite does, and would take minutes beside it.
"""

import json

import pytest

from txplatform_tests.bench.__main__ import main
from txplatform_tests.bench.frame import benches

pytestmark = pytest.mark.slow
_BY_HAND = {"freshness"}


_LONG = {"clients", "detection", "file_days", "file_lane"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.long] if name in _LONG else [])
        for name in sorted(set(benches.names()) - _BY_HAND)
    ],
)
def test_a_bench_runs(name: str, credentials: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--size", "small"]) == 0
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert outcome["name"] == name
    assert outcome["ok"] is True
    assert outcome["bounds"].keys() <= outcome["figures"].keys()
    assert outcome["bounds"]
    assert all(value >= 0 for value in outcome["figures"].values())
