"""Both ends of every environment variable: what infra writes is what the settings class reads."""

import importlib
from typing import Any

import pytest

from infra.constructs.function import function_environment
from lambdas.shared.settings import environment_names, load
from txplatform.contracts.names import Function, function_name
from txplatform.errors import ConfigurationError


def variables(template: dict[str, Any], function: Function) -> dict[str, Any]:
    for resource in template["Resources"].values():
        if resource["Properties"].get("FunctionName") == function_name(function):
            return resource["Properties"]["Environment"]["Variables"]
    raise AssertionError(f"the template has no function {function_name(function)}")


def settings_class(function: Function) -> Any:
    return importlib.import_module(f"lambdas.{function.value}.settings").Settings


@pytest.mark.parametrize("function", Function)
def test_the_template_sets_exactly_the_variables_of_the_settings_class(
    template: dict[str, Any], function: Function
) -> None:
    assert variables(template, function).keys() == set(environment_names(settings_class(function)))


@pytest.mark.parametrize("function", Function)
def test_the_settings_class_loads_what_the_template_sets(template: dict[str, Any], function: Function) -> None:
    resolved = {
        name: value if isinstance(value, str) else "resolved-at-deployment"
        for name, value in variables(template, function).items()
    }
    settings = load(settings_class(function), resolved)
    assert type(settings) is settings_class(function)


def test_a_forgotten_value_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"missing .*TXP_CDC_PREFIX"):
        function_environment(Function.LANDING, {"ledger_table": "t", "raw_prefix": "raw"})


def test_a_value_that_no_settings_field_reads_is_an_error() -> None:
    values = {"ledger_table": "t", "raw_prefix": "raw", "cdc_prefix": "cdc", "legder_table": "t"}
    with pytest.raises(ConfigurationError, match=r"unknown .*TXP_LEGDER_TABLE"):
        function_environment(Function.LANDING, values)
