"""In Lambda a function is wired before its first request; where a test or a tool imports it, when it is called."""

import subprocess
import sys
from functools import cache

import pytest

from lambdas.shared.initialization import made_at_init

FUNCTIONS = ("source", "data_api", "authorizer", "cdc", "landing")
PROGRAM = """
import dataclasses, importlib, os, sys
from lambdas.shared.settings import environment_name
name = sys.argv[1]
fields = dataclasses.fields(importlib.import_module(f"lambdas.{name}.settings").Settings)
issuer = '[{"kind": "oidc", "issuer": "i", "jwks_url": "https://127.0.0.1", "audiences": ["a"]}]'
texts = {"issuers": issuer, "further_issuers": "[]"}
of = lambda item: "1" if item.type is int else texts.get(item.name, "http://127.0.0.1")
os.environ.update({environment_name(item.name): of(item) for item in fields})
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
module = vars(importlib.import_module(f"lambdas.{name}.handler")).values()
(made,) = (value for value in module if hasattr(value, "cache_info") and value.__module__ == f"lambdas.{name}.handler")
print(made.cache_info().currsize)
"""


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("variables", "made"), [({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "1"), ({}, "0")])
def test_a_handler_is_wired_as_lambda_loads_it(function: str, variables: dict[str, str], made: str) -> None:
    command = [sys.executable, "-W", "error", "-c", PROGRAM, function]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == made, done.stderr


def test_what_is_made_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    @cache
    def make() -> int:
        calls.append(1)
        return len(calls)

    assert made_at_init(make)() == 1
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    make.cache_clear()
    assert made_at_init(make)() == 2
    assert calls == [1, 1]
