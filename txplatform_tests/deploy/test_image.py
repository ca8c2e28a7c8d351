"""The image of Dagster's services: what it is made of, who runs it, and that its steps lead to one that works."""

import re
import shlex
from pathlib import Path

import pytest

from infra.bundle import ROOT
from infra.image import CONTRACTS, stage
from txplatform.local.environment import ALLOCATOR
from txplatform_tests.deploy import dockerfile, image_size

TEXT = dockerfile.PATH.read_text(encoding="utf-8")
BUILD, FINAL = dockerfile.stages(TEXT)


def _of(stage_: list[tuple[str, str]], word: str) -> list[str]:
    return [arguments for name, arguments in stage_ if name == word]


def test_it_is_not_run_by_root() -> None:
    (user,) = _of(FINAL, "USER")
    assert user == "10001:10001"
    assert f"--uid {user.split(':')[0]} " in _of(FINAL, "RUN")[0]


def test_libraries_are_those_of_the_lock_and_nothing_else() -> None:
    (install,) = [step for step in _of(BUILD, "RUN") if " pip " in step]
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(shlex.split(install))
    assert "-r constraints-image.txt" in install
    assert not re.search(r"https?:|--index|--trusted", TEXT.replace("http://127.0.0.1", ""))


def test_the_base_is_one_and_the_way_to_its_digest_is_said() -> None:
    assert [stage_[0][1] for stage_ in (BUILD, FINAL)] == ["${BASE} AS build", "${BASE}"]
    assert re.search(r"^ARG BASE=python:3\.11-slim-\w+(@sha256:[0-9a-f]{64})?$", TEXT, re.MULTILINE)
    assert "docker buildx imagetools inspect python:3.11-slim-bookworm" in TEXT


def test_processes_have_the_allocator_of_the_local_stack() -> None:
    (variables,) = _of(FINAL, "ENV")
    given = dict(item.split("=", 1) for item in shlex.split(variables))
    assert ALLOCATOR.items() <= given.items()
    assert given["DAGSTER_HOME"] == "/opt/dagster"


def test_it_says_whether_it_is_well() -> None:
    (check,) = _of(FINAL, "HEALTHCHECK")
    assert all(part in check for part in ("grpc-health-check", "/server_info", "liveness-check"))


def test_what_is_copied_is_staged_and_is_not_ignored(tmp_path: Path) -> None:
    copied = {source for item in _of(BUILD, "COPY") for source in item.split()[:-1]}
    staged = stage(tmp_path / "context")
    assert [name for name in copied if not (staged.folder / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert not list(staged.folder.rglob("__pycache__"))


def test_an_image_is_named_by_what_it_holds(tmp_path: Path) -> None:
    first = stage(tmp_path / "first")
    assert stage(tmp_path / "first") == first
    (own := tmp_path / "contracts").mkdir()
    (own / "orders.yaml").write_text("name: orders\n")
    with_contracts = stage(tmp_path / "second", own)
    assert (with_contracts.folder / CONTRACTS / "orders.yaml").exists()
    assert with_contracts.own_contracts
    assert with_contracts.name != first.name


@pytest.mark.long
def test_its_steps_make_an_environment_that_loads_the_platform(tmp_path: Path) -> None:
    figures = image_size.measure(tmp_path)
    assert 100 < figures["mib"] <= image_size.MOST_MIB
    assert figures["import_seconds"] < 30
