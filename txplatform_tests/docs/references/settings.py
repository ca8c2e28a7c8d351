"""The environment variables of the platform and of the functions."""

import ast
import inspect
from dataclasses import fields
from importlib import import_module

from lambdas.shared.settings import environment_name
from txplatform import settings
from txplatform.contracts.names import Function
from txplatform.settings import STACK_OUTPUTS, Settings
from txplatform_tests.docs.references.page import Page, code, table

# What no line of code says: the meaning of each variable that `Settings.from_env` reads.
_MEANINGS = {
    "AWS_REGION": "The stack's region.",
    "AWS_ENDPOINT_URL": "Where AWS is reached instead of its public endpoints, such as the local stack.",
    "TXP_LAKE_BUCKET": "The bucket of the landing area, the tables, query results and dashboards.",
    "TXP_ALERTS_TOPIC_ARN": "The SNS topic to which alerts are published.",
    "TXP_API_URL": "The address of the data API, for links and for the API reference.",
    "TXP_DASHBOARDS_URL": "Where you serve `dashboards/` of the lake bucket; without it links name the `s3://` place.",
    "TXP_CONTRACTS_DIR": "A folder of contract files that replaces the shipped ones.",
    "TXP_COMMIT_ALLOWANCE_SECONDS": "The longest a commit to the lake may take, in seconds. The watermark of a view "
    "trails the start of its fold by it.",
    "TXP_PARITY_GRACE_SECONDS": "The age, in seconds, below which a record counts as in flight when parity is checked.",
}
_INTRODUCTION = """# Settings

This page is generated from the settings classes, which are the only readers of the environment.

## Of the platform

The command line and Dagster read these. With the local stack running, the file `.txplatform/env` holds them all:

```console
$ set -a; . .txplatform/env; set +a
```
"""
_DAGSTER = """
Two durations have a default; every other variable without a default must be set, and the error that says so names the
output of the stack that is its value.

## Of the functions

The stack sets these from each function's settings class: you change them by a deployment. A name with `{entity}` is a
pattern that stands for every entity.
"""


def settings_page() -> Page:
    """Render the platform's variables, then those of each function."""
    read = _variables_read()
    rows = [(code(name), _source(name), _MEANINGS.get(name, "")) for name in read]
    parts = [_INTRODUCTION, table(("variable", "value", "meaning"), rows), _DAGSTER]
    missing = [name for name in read if name not in _MEANINGS] + [name for name in _MEANINGS if name not in read]
    for function in Function:
        cls = import_module(f"lambdas.{function.value}.settings").Settings
        note = inspect.cleandoc(cls.__doc__ or "")
        rows = [
            (code(environment_name(item.name)), "whole number" if item.type is int else "text") for item in fields(cls)
        ]
        parts.append(f"### `{function.value}`\n\n{note}\n\n{table(('variable', 'type'), rows)}\n")
    return Page("\n".join(parts), tuple(missing))


def _variables_read() -> list[str]:
    """Every variable whose name stands in the module, in the order of their meanings above."""
    constants = [node for node in ast.walk(ast.parse(inspect.getsource(settings))) if isinstance(node, ast.Constant)]
    found = {str(node.value) for node in constants if _is_name(node.value)}
    return sorted(found, key=lambda name: list(_MEANINGS).index(name) if name in _MEANINGS else len(_MEANINGS))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("AWS_", "TXP_")) and value.replace("_", "").isalnum()


def _source(name: str) -> str:
    if name in STACK_OUTPUTS:
        return f"output {code(STACK_OUTPUTS[name])}"
    required = {**dict.fromkeys(STACK_OUTPUTS, "x"), "AWS_REGION": "x"}
    if name in required:
        return "required"
    seconds = {
        "TXP_COMMIT_ALLOWANCE_SECONDS": Settings.from_env(required).commit_allowance,
        "TXP_PARITY_GRACE_SECONDS": Settings.from_env(required).parity_grace,
    }
    return f"default {code(str(int(seconds[name].total_seconds())))}" if name in seconds else "optional"
