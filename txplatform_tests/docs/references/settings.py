"""The environment variables of the platform and of the functions."""

import inspect
from dataclasses import fields
from importlib import import_module

from lambdas.shared.settings import environment_name
from txplatform.contracts.names import Function
from txplatform.settings import SETTINGS, Setting
from txplatform_tests.docs.references.page import Page, code, table

_INTRODUCTION = """# Settings

This page is generated from the settings classes, which are the only readers of the environment.

## Of the platform

The command line and Dagster read these. With the local stack running, the file `.txplatform/env` holds what they need:

```console
$ set -a; . .txplatform/env; set +a
```
"""
_FUNCTIONS = """
`TXP_INSTALLATION`, by default `txplatform`, is read before these: the names of all resources begin with it.

A required variable that is not set is an error, which names the output of the stack that is its value. An empty value
counts as not set.

## Of the functions

The stack sets these from each function's settings class: you change them by a deployment. A name with `{entity}` is a
pattern that stands for every entity.
"""


def settings_page() -> Page:
    """Render the platform's variables, then those of each function."""
    rows = [(code(setting.variable), _value(setting), setting.meaning) for setting in SETTINGS]
    parts = [_INTRODUCTION, table(("variable", "value", "meaning"), rows), _FUNCTIONS]
    for function in Function:
        cls = import_module(f"lambdas.{function.value}.settings").Settings
        note = inspect.cleandoc(cls.__doc__ or "")
        rows = [
            (code(environment_name(item.name)), "whole number" if item.type is int else "text") for item in fields(cls)
        ]
        parts.append(f"### `{function.value}`\n\n{note}\n\n{table(('variable', 'type'), rows)}\n")
    return Page("\n".join(parts), tuple(setting.variable for setting in SETTINGS if not setting.meaning))


def _value(setting: Setting) -> str:
    """What the variable has to hold, or what it means when it is not set."""
    if setting.required:
        return f"required: output {code(setting.output)}" if setting.output else "required"
    if setting.output:
        left_out = f"without it {setting.unset}" if setting.unset else f"default: {code(setting.default)}"
        return f"output {code(setting.output)}; {left_out}"
    unit = f" {setting.unit}" if setting.unit else ""
    return f"default: {code(setting.default)}{unit}" if setting.default else f"default: {setting.unset}"
