"""The constraints: every requirement of pyproject.toml is in them, with hashes, and no address to fetch it from."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("constraints*.txt"))}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
_PIN = re.compile(r"^(?P<name>[\w.-]+)(\[[\w, -]+\])?==(?P<version>[\w.+!]+)( ; [^\\]+)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def _pins(lock: str) -> dict[str, str]:
    found = [_PIN.match(line) for line in LOCKS[lock].splitlines()]
    return {canonicalize_name(pin["name"]): pin["version"] for pin in found if pin}


def _requirements(extra: str) -> list[Requirement]:
    """An extra's requirements, those of the extras that it names included."""
    found: list[Requirement] = []
    for requirement in map(Requirement, EXTRAS[extra]):
        if requirement.name == "txplatform":
            found += [inner for name in requirement.extras for inner in _requirements(name)]
        else:
            found.append(requirement)
    return found


def test_there_is_one_for_each_way_to_set_up() -> None:
    assert sorted(LOCKS) == ["constraints", "constraints-image", "constraints-lambdas", "constraints-run"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_or_one_of_its_hashes(lock: str) -> None:
    """No index, no address, nothing that pip would take unchecked."""
    lines = [line for line in LOCKS[lock].splitlines() if not line.startswith("#")]
    assert [line for line in lines if not _PIN.match(line) and not _HASH.match(line)] == []
    assert all(_HASH.match(after) for line, after in pairwise(lines) if _PIN.match(line))


@pytest.mark.parametrize(
    ("lock", "extra"), [("constraints-run", "local"), ("constraints-image", "aws"), ("constraints", "dev")]
)
def test_a_lock_has_what_the_project_requires(lock: str, extra: str) -> None:
    pins = _pins(lock)
    required = [*map(Requirement, PROJECT["project"]["dependencies"]), *_requirements(extra)]
    for requirement in required:
        version = pins.get(canonicalize_name(requirement.name), "0")
        assert version in requirement.specifier, f"{requirement}, locked: {version}. Remedy: make lock"


@pytest.mark.parametrize("lock", ["constraints-run", "constraints-image", "constraints-lambdas"])
def test_locks_agree(lock: str) -> None:
    everything = _pins("constraints")
    assert {name: version for name, version in _pins(lock).items() if everything.get(name) != version} == {}


def test_the_functions_tests_have_what_the_functions_have() -> None:
    pins = _pins("constraints-lambdas")
    assert all(canonicalize_name(requirement.name) in pins for requirement in _requirements("lambdas"))
