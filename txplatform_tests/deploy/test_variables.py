"""Both ends of every variable of Dagster's tasks: what the template sets is what files and settings ask for."""

from typing import Any

import pytest
import yaml

from infra import instance
from infra.constructs.dagster_environment import CODE_LOCATION
from txplatform.contracts import installation
from txplatform.settings import DAGSTER_URL, STACK_OUTPUTS

Containers = dict[str, dict[str, Any]]
WORKSPACE = yaml.safe_load(instance.WORKSPACE.read_text(encoding="utf-8"))
NAMED = instance.variables_named(instance.instance_config()) | instance.variables_named(WORKSPACE)
PLATFORM = {*STACK_OUTPUTS, DAGSTER_URL.variable, installation.VARIABLE}


def test_the_files_ask_for_variables() -> None:
    assert len(NAMED) >= 8


@pytest.mark.parametrize("name", ["code", "daemon", "run", "webserver"])
def test_every_variable_that_a_file_names_is_set_and_no_other(containers: Containers, name: str) -> None:
    runs_the_platform = name in ("code", "run")
    assert containers[name].keys() == (NAMED | PLATFORM if runs_the_platform else NAMED)


def test_what_prepares_the_database_has_what_the_instance_has(containers: Containers) -> None:
    assert containers["database"].keys() == NAMED


def test_no_variable_is_empty(containers: Containers) -> None:
    assert [name for values in containers.values() for name, value in values.items() if not value] == []


def test_settings_are_outputs_of_the_data_plane_of_the_same_installation(containers: Containers) -> None:
    run = containers["run"]
    assert {name: run[name] for name in STACK_OUTPUTS} == {
        variable: {"Fn::ImportValue": f"{run[installation.VARIABLE]}:{output}"}
        for variable, output in STACK_OUTPUTS.items()
    }


def test_both_workspaces_have_one_code_location_of_one_name() -> None:
    shared = yaml.safe_load((instance.ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    ((local,), (production,)) = (document["load_from"] for document in (shared, WORKSPACE))
    assert local["python_module"]["location_name"] == production["grpc_server"]["location_name"] == CODE_LOCATION
