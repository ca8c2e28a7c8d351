"""Bundles: hashed by contents, zipped repeatably, and complete enough to run on their own."""

import ast
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from infra import bundle
from txplatform.contracts.names import Function
from txplatform.errors import ConfigurationError
from txplatform_tests.infra.bundle_size import MOST_MB, zipped_mb

START_ALONE = """
import dataclasses, json, os, sys
sys.path.insert(0, sys.argv[1])
import importlib
from lambdas.shared.settings import environment_name
fields = dataclasses.fields(importlib.import_module(f"lambdas.{sys.argv[2]}.settings").Settings)
issuer = '[{"kind": "oidc", "issuer": "i", "jwks_url": "https://127.0.0.1", "audiences": ["a"]}]'
texts = {"issuers": issuer, "further_issuers": "[]", "webhooks": "{}"}
of = lambda item: "1" if item.type is int else texts.get(item.name, "http://127.0.0.1")
os.environ.update({environment_name(item.name): of(item) for item in fields})
os.environ |= {"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_DEFAULT_REGION": "us-east-1"}
handler = importlib.import_module(f"lambdas.{sys.argv[2]}.handler").handler
assert callable(handler)
origins = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
print(json.dumps(sorted(origin for origin in origins if "site-packages" in origin)))
"""


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of functions to change at will."""
    for name in ("__init__.py", "shared/__init__.py", "landing/handler.py", "cdc/handler.py"):
        path = tmp_path / "lambdas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"first = 1\nsecond = 2\n")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    return tmp_path / "lambdas"


@pytest.fixture
def target() -> Iterator[Path]:
    """A folder that goes at once: a complete bundle is some 40 MB, and pytest keeps the folders of three runs."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize("function", Function)
def test_a_complete_bundle_starts_alone_in_an_empty_environment_and_is_small(function: Function, target: Path) -> None:
    """It starts as Lambda starts it: settings are read, and a client of each service that it calls is made."""
    bundle.build(function, target)
    assert zipped_mb(target) <= MOST_MB
    outcome = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", START_ALONE, str(target), function.value],
        capture_output=True,
        text=True,
        cwd=target,
        env={},
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout) == []


def test_a_bundle_holds_its_own_function_and_no_other() -> None:
    names = set(bundle.asset_files(Function.LANDING))
    assert {"lambdas/__init__.py", "lambdas/shared/settings.py", "lambdas/landing/settings.py"} <= names
    assert [name for name in names if name.startswith(("lambdas/cdc/", "lambdas/source/"))] == []


def test_every_client_is_of_a_service_that_the_bundle_describes() -> None:
    """What a function calls is read from its sources, so each call names its service there."""
    services = {function: bundle.aws_services(function) for function in Function}
    assert services[Function.SOURCE] == ["dynamodb", "secretsmanager", "sns", "sqs"]
    assert services[Function.AUTHORIZER] == []
    for function in Function:
        for path in bundle.asset_files(function).values():
            calls = [
                node
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "client"
            ]
            named = [node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)]
            assert len(named) == len(calls), path
            assert set(named) <= set(services[function])


def test_the_hash_depends_on_contents_and_not_on_caches_times_or_line_endings(sources: Path) -> None:
    before = bundle.asset_hash(Function.LANDING)
    (sources / "landing" / "__pycache__").mkdir()
    (sources / "landing" / "__pycache__" / "handler.cpython-311.pyc").write_bytes(b"\0")
    (sources / "landing" / "__pycache__" / "notes.txt").write_bytes(b"cached")
    (sources / "landing" / "handler.py").write_bytes(b"first = 1\r\nsecond = 2\r\n")
    (sources / "cdc" / "handler.py").write_bytes(b"another function\n")
    assert bundle.asset_hash(Function.LANDING) == before


@pytest.mark.parametrize(
    "name", ["landing/handler.py", "shared/__init__.py", "landing/added.py", "landing/requirements.txt"]
)
def test_the_hash_changes_with_every_file_that_is_deployed(sources: Path, name: str) -> None:
    before = bundle.asset_hash(Function.LANDING)
    (sources / name).write_bytes(b"first = 2\n")
    assert bundle.asset_hash(Function.LANDING) != before


def test_the_hash_changes_with_a_pinned_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bundle.asset_hash(Function.LANDING)
    pins = json.loads(bundle.REQUIREMENTS_LOCK.read_text(encoding="utf-8"))
    pins["landing"] = [*pins["landing"][:-1], "urllib3==0"]
    changed = tmp_path / "requirements.json"
    changed.write_text(json.dumps(pins), encoding="utf-8")
    monkeypatch.setattr(bundle, "REQUIREMENTS_LOCK", changed)
    assert bundle.asset_hash(Function.LANDING) != before


@pytest.mark.parametrize(("name", "value"), [("LAMBDA_PYTHON", "3.14"), ("LAMBDA_ARCHITECTURE", "x86_64")])
def test_the_hash_changes_with_what_the_functions_run_on(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    before = bundle.asset_hash(Function.LANDING)
    monkeypatch.setattr(bundle, name, value)
    assert bundle.asset_hash(Function.LANDING) != before


def test_moving_text_between_files_changes_the_hash(sources: Path) -> None:
    (sources / "landing" / "a.py").write_bytes(b"x = 1\n")
    (sources / "landing" / "b.py").write_bytes(b"")
    before = bundle.asset_hash(Function.LANDING)
    (sources / "landing" / "a.py").write_bytes(b"")
    (sources / "landing" / "b.py").write_bytes(b"x = 1\n")
    assert bundle.asset_hash(Function.LANDING) != before


def test_a_zip_is_repeatable_and_holds_the_sources() -> None:
    content = bundle.zip_sources(Function.CDC)
    assert content == bundle.zip_sources(Function.CDC)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == list(bundle.asset_files(Function.CDC))


def test_another_version_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"six .* is installed, the lock says 0\.1"):
        bundle.copy_installed(["six==0.1"], tmp_path)


def test_a_deployment_downloads_wheels_for_lambda_and_nothing_unpinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: commands.append(command))
    bundle.build(Function.AUTHORIZER, tmp_path, provide=bundle.download_for_lambda)
    (command,) = commands
    assert {"--no-deps", "--only-binary", "manylinux_2_28_aarch64"} <= set(command)
    assert command[command.index("--python-version") + 1] == bundle.LAMBDA_PYTHON
    assert command[-len(bundle.locked_requirements(Function.AUTHORIZER)) :] == bundle.locked_requirements(
        Function.AUTHORIZER
    )
    assert (tmp_path / "lambdas" / "authorizer" / "settings.py").exists()
