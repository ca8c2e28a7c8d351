"""What the committed template gives to each container of Dagster's tasks."""

import json
from typing import Any

import pytest

from infra import committed


@pytest.fixture(scope="session")
def containers() -> dict[str, dict[str, Any]]:
    """The environment of every container, by the container's name."""
    path = committed.template_path().with_name(committed.ORCHESTRATION_TEMPLATE_NAME)
    resources = json.loads(path.read_text(encoding="utf-8"))["Resources"].values()
    definitions = [item["Properties"] for item in resources if item["Type"] == "AWS::ECS::TaskDefinition"]
    return {
        container["Name"]: {item["Name"]: item["Value"] for item in container["Environment"]}
        for definition in definitions
        for container in definition["ContainerDefinitions"]
    }
