"""An edit of a function is in what the next start runs, without a synthesis."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import bundle
from txplatform.contracts.names import Function, function_name
from txplatform.local_platform import start_platform


@pytest.mark.slow
def test_an_edited_function_runs_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., Any]
) -> None:
    shutil.copytree(bundle.ROOT / "lambdas", tmp_path / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "lambdas" / "landing" / "handler.py").open("a") as handler:
        handler.write('print("edited", flush=True)\n')
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    with start_platform(tmp_path / "state") as stack:
        log = stack.state.logs / f"{function_name(Function.LANDING)}.log"
        assert wait_until(lambda: "edited" in log.read_text(), 10, "the edited handler")
