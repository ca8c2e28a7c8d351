"""The committed template, and what the code synthesises to at this moment."""

import json
from typing import Any

import pytest

from infra import bundle, synth


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return json.loads((bundle.TEMPLATES / synth.TEMPLATE_NAME).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rendered() -> dict[str, str]:
    return synth.render_templates()
