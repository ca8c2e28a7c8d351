"""Every bench runs at its small size: that its parts fit together, not how long they take."""

import json

import pytest

from txplatform_tests.bench.__main__ import main
from txplatform_tests.bench.frame import benches

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", benches.names())
def test_a_bench_runs(name: str, credentials: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--size", "small"]) == 0
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert outcome["name"] == name
    assert outcome["ok"] is True
    assert outcome["bounds"].keys() <= outcome["figures"].keys()
    assert outcome["bounds"]
    assert all(value >= 0 for value in outcome["figures"].values())
