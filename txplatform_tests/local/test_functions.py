"""Functions run in processes of their own, as Lambda runs them."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from txplatform.local.deploy import FunctionSpec
from txplatform.local.errors import LocalStackError
from txplatform.local.functions import FunctionProcess, Functions

ARN = "arn:aws:lambda:us-east-1:123456789012:function:{}"

HANDLER = """
import json, os, sys, threading, time
from lambdas.own import NAME

barrier = threading.Barrier(3)

def handler(event, context):
    from lambdas import late
    match event.get("do"):
        case "fail": raise ValueError("no such thing")
        case "exit": os._exit(3)
        case "sys.exit": sys.exit(1)
        case "sleep": time.sleep(30)
        case "set": return {1, 2}
        case "meet": return barrier.wait(10)
        case "env": return dict(os.environ)
        case "pid": return os.getpid()
        case "import":
            import txplatform
            return txplatform.__file__
        case "much": return "x" * event["bytes"]
        case "modules": return sorted(sys.modules)
    return {"event": event, "own": NAME, "late": late.NAME, "arn": context.invoked_function_arn,
            "name": context.function_name, "left": context.get_remaining_time_in_millis()}
"""


def spec(
    folder: Path, name: str = "one", timeout: int = 10, handler: str = HANDLER, **environment: str
) -> FunctionSpec:
    package = folder / name / "lambdas"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "own.py").write_text(f"NAME = {name!r}\n")
    (package / "late.py").write_text(f"NAME = {name!r}\n")
    (package / "handler.py").write_text(handler)
    return FunctionSpec(name, ARN.format(name), "lambdas.handler.handler", environment, timeout, 256, package.parent)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., FunctionProcess]]:
    """Start a function and end it after the test."""
    started: list[FunctionProcess] = []

    def start(**options: Any) -> FunctionProcess:
        process = FunctionProcess(spec(tmp_path, **options), {"AWS_REGION": "us-east-1"}, tmp_path / "log")
        started.append(process)
        process.start()
        process.wait_loaded()
        return process

    yield start
    for process in started:
        process.stop()


def test_the_handler_gets_event_and_context(run: Callable[..., FunctionProcess]) -> None:
    payload = run().invoke({"x": [1, None, "é"]}).payload
    assert payload["event"] == {"x": [1, None, "é"]}
    assert payload["arn"] == ARN.format("one")
    assert payload["name"] == "one"
    assert 0 < payload["left"] <= 10_000


def test_the_environment_is_the_functions_and_nothing_of_the_platform(
    run: Callable[..., FunctionProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "someone")
    monkeypatch.setenv("TXP_LAKE_BUCKET", "elsewhere")
    seen = run(TXP_TABLE="t").invoke({"do": "env"}).payload
    assert seen["TXP_TABLE"] == "t"
    assert seen["AWS_REGION"] == "us-east-1"
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "one"
    assert "AWS_PROFILE" not in seen
    assert "TXP_LAKE_BUCKET" not in seen


def test_a_handler_sees_nothing_of_the_platform(run: Callable[..., FunctionProcess]) -> None:
    modules = run().invoke({"do": "modules"}).payload
    assert "lambdas.own" in modules
    assert [name for name in modules if name.startswith("txplatform")] == []


def test_a_handler_cannot_import_the_source_tree_of_an_editable_install(run: Callable[..., FunctionProcess]) -> None:
    assert run().invoke({"do": "import"}).reason == "ModuleNotFoundError: No module named 'txplatform'"


def test_functions_keep_their_modules_apart(tmp_path: Path) -> None:
    functions = Functions([spec(tmp_path, "one"), spec(tmp_path, "two")], {}, tmp_path / "logs")
    functions.start()
    try:
        for name in ("one", "two"):
            payload = functions.invoke(ARN.format(name), {}).payload
            assert (payload["own"], payload["late"]) == (name, name)
        assert functions.invoke(ARN.format("one") + ":live", {}).payload["own"] == "one"
        with pytest.raises(LocalStackError, match="no function"):
            functions.invoke(ARN.format("three"), {})
    finally:
        functions.stop()


@pytest.mark.parametrize(
    ("do", "kind", "message"),
    [
        ("fail", "ValueError", "no such thing"),
        ("sys.exit", "SystemExit", "1"),
        ("set", "TypeError", "not JSON serializable"),
    ],
)
def test_what_a_handler_raises_is_reported(
    run: Callable[..., FunctionProcess], do: str, kind: str, message: str
) -> None:
    process = run()
    error = process.invoke({"do": do}).error
    assert error is not None
    assert error["errorType"] == kind
    assert message in error["errorMessage"]
    assert process.invoke({}).payload["own"] == "one"


def test_a_process_that_dies_is_replaced(run: Callable[..., FunctionProcess]) -> None:
    process = run()
    first = process.invoke({"do": "pid"}).payload
    outcome = process.invoke({"do": "exit"})
    assert outcome.reason == "Runtime.ExitError: the function's process ended"
    assert process.invoke({"do": "pid"}).payload != first


def test_a_timeout_is_an_error_and_the_function_goes_on(run: Callable[..., FunctionProcess]) -> None:
    process = run(timeout=1)
    assert process.invoke({"do": "sleep"}).reason == "Sandbox.Timedout: Task timed out after 1.00 seconds"
    assert process.invoke({}).payload["own"] == "one"


def test_what_timed_out_has_no_late_effect(run: Callable[..., FunctionProcess]) -> None:
    process = run(timeout=1)
    pid = process.invoke({"do": "pid"}).payload
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(process.invoke, {"do": "sleep"})
        beside = pool.submit(process.invoke, {"do": "sleep"})
        reasons = {late.result().reason, beside.result().reason}
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert "Sandbox.Timedout: Task timed out after 1.00 seconds" in reasons
    assert reasons <= {
        "Sandbox.Timedout: Task timed out after 1.00 seconds",
        "Runtime.ExitError: the function's process ended",
    }


def test_payloads_have_lambdas_quota(run: Callable[..., FunctionProcess]) -> None:
    process = run()
    quota = 6 * 2**20
    assert len(process.invoke({"do": "much", "bytes": quota - 2}).payload) == quota - 2
    assert process.invoke({"do": "much", "bytes": quota - 1}).reason.startswith("Function.ResponseSizeTooLarge")
    assert process.invoke({"do": "x" * quota}).reason.startswith("RequestEntityTooLarge")


def test_invocations_overlap(run: Callable[..., FunctionProcess]) -> None:
    process = run()
    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(process.invoke, [{"do": "meet"}] * 3))
    assert sorted(outcome.payload for outcome in outcomes) == [0, 1, 2]


def test_a_function_that_cannot_be_loaded_says_why(run: Callable[..., FunctionProcess]) -> None:
    with pytest.raises(LocalStackError, match="ModuleNotFoundError: No module named 'missing_module'"):
        run(handler="import missing_module")


def test_stopping_ends_the_process_though_it_is_busy(run: Callable[..., FunctionProcess]) -> None:
    process = run()
    pid = process.invoke({"do": "pid"}).payload
    busy = threading.Thread(target=process.invoke, args=({"do": "sleep"},), daemon=True)
    busy.start()
    time.sleep(0.2)
    process.stop()
    busy.join(5)
    assert not busy.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
