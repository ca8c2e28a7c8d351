"""The lock: every function's requirements with all that they lead to, at the versions of constraints.txt."""

import re

import pytest
from packaging.utils import canonicalize_name

from infra import bundle
from infra.closure import resolve_closure
from txplatform.contracts.names import Function

HEAVY = {"dagster", "pandas", "polars", "pyarrow", "duckdb", "pandera", "pyiceberg", "aws-cdk-lib", "moto", "numpy"}


@pytest.fixture(scope="module")
def constraints() -> dict[str, str]:
    text = (bundle.ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("function", Function)
def test_pins_are_those_of_the_constraints(function: Function, constraints: dict[str, str]) -> None:
    pins = dict(pin.split("==") for pin in bundle.locked_requirements(function))
    assert pins == {name: constraints[name] for name in pins}


@pytest.mark.parametrize("function", Function)
def test_no_heavy_package_is_bundled(function: Function) -> None:
    assert {pin.split("==")[0] for pin in bundle.locked_requirements(function)} & HEAVY == set()


def test_extras_and_their_dependencies_are_followed() -> None:
    names = {pin.split("==")[0] for pin in resolve_closure(Function.AUTHORIZER)}
    assert {"pyjwt", "cryptography", "cffi"} <= names


def test_markers_are_evaluated_as_lambda_would() -> None:
    for function in Function:
        names = {pin.split("==")[0] for pin in resolve_closure(function)}
        assert names & {"colorama", "pywin32", "tomli", "exceptiongroup"} == set()
