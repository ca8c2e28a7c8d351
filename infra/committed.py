"""The committed template: what is deployed where there is no CDK, on the local AWS for example.

It calls each function's bundle by a stable name, not by a hash of its contents: an edit of a function does not change
it. It needs the standard library alone.
"""

import json
from typing import Any

from infra.bundle import TEMPLATES

STACK_NAME = "txplatform-data-plane"
TEMPLATE_NAME = "data-plane.template.json"


def load_template() -> dict[str, Any]:
    """Read the committed template."""
    return json.loads((TEMPLATES / TEMPLATE_NAME).read_text(encoding="utf-8"))
