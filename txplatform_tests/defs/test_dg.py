"""Dagster's project tool finds and loads the definitions by `[tool.dg]` of pyproject.toml."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from txplatform.definitions import defs

ROOT = Path(__file__).parents[2]
DG = Path(sys.executable).with_name("dg")
UNREACHABLE = "http://127.0.0.1:9"

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """No settings, no network, and an instance's home of its own, where dg reads that it sends no statistics."""
    home = tmp_path / "dagster"
    home.mkdir()
    shutil.copy(ROOT / "dagster.yaml", home)
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), UNREACHABLE)
    return {"PATH": os.defpath, "HOME": str(tmp_path), "DAGSTER_HOME": str(home), **proxies}


def _dg(environment: dict[str, str], *arguments: str) -> str:
    ended = subprocess.run([DG, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_dg_lists_every_asset_check_job_sensor_and_schedule(environment: dict[str, str]) -> None:
    listed = json.loads(_dg(environment, "list", "defs", "--json"))
    repository = defs.get_repository_def()
    graph = repository.asset_graph
    assert {item["asset_key"] for item in listed["assets"]} == {
        key.to_user_string() for key in graph.get_all_asset_keys()
    }
    assert len(listed["asset_checks"]) == len(graph.asset_check_keys)
    assert {item["name"] for item in listed["sensors"]} == {sensor.name for sensor in repository.sensor_defs}
    assert {item["name"] for item in listed["schedules"]} == {schedule.name for schedule in repository.schedule_defs}


def test_dg_checks_the_definitions_and_sends_no_statistics(environment: dict[str, str], tmp_path: Path) -> None:
    assert "All definitions loaded successfully" in _dg(environment, "check", "defs")
    assert not list(tmp_path.rglob("*telemetry*"))
