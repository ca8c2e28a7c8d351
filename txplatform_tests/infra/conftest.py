"""The committed template, and what the code synthesises to at this moment."""

import json
from typing import Any

import pytest

from infra import committed, synth


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return committed.load_template()


@pytest.fixture(scope="session")
def orchestration() -> dict[str, Any]:
    path = committed.template_path().with_name(committed.ORCHESTRATION_TEMPLATE_NAME)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rendered() -> dict[str, str]:
    return synth.render_templates()
