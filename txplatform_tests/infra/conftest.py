"""The committed template, and what the code synthesises to at this moment."""

from typing import Any

import pytest

from infra import committed, synth


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return committed.load_template()


@pytest.fixture(scope="session")
def rendered() -> dict[str, str]:
    return synth.render_templates()
