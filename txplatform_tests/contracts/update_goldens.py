"""Rewrites the golden files of the contracts' renderers: `python -m txplatform_tests.contracts.update_goldens`."""

import json
from pathlib import Path

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.registry import registry_document

COMMAND = "python -m txplatform_tests.contracts.update_goldens"
REGISTRY_GOLDEN = Path(__file__).parent / "golden" / "trades.registry.json"


def registry_text() -> str:
    """Return the registry document of trades, the entity with a composite key, as its golden file holds it."""
    return json.dumps(registry_document(load_contracts()["trades"]), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    REGISTRY_GOLDEN.write_text(registry_text(), encoding="utf-8")
    print(REGISTRY_GOLDEN)
