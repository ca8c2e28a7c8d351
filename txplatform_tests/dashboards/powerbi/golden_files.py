"""What golden files show of the project: `python -m txplatform_tests.dashboards.powerbi.golden_files` writes them.

For each of three entities, the table of one mart as it is, and the entity's page in a line for each visual.
"""

import json
from functools import cache
from pathlib import Path

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.powerbi.project import project_files
from txplatform.dashboards.powerbi.semantic_model import semantic_model

COMMAND = "python -m txplatform_tests.dashboards.powerbi.golden_files"
FOLDER = Path(__file__).parent / "golden"
MARTS = {"customers": "customers_growth", "payments": "payments_top_customers", "trades": "trades_by_symbol"}


@cache
def files() -> dict[str, str]:
    """Every file of the project of the shipped contracts."""
    contracts = load_contracts()
    return dict(project_files(contracts, semantic_model(contracts, "eu-central-1")))


def golden(files: dict[str, str], entity: str) -> str:
    """The golden file of an entity."""
    lines = [files[f"txplatform.SemanticModel/definition/tables/{MARTS[entity]}.tmdl"]]
    folder = f"txplatform.Report/definition/pages/{entity}/visuals/"
    for path in sorted(path for path in files if path.startswith(folder)):
        visual = json.loads(files[path])
        place = visual["position"]
        spot = f"{place['x']},{place['y']} {place['width']}x{place['height']}"
        lines.append(f"{visual['name']}: {visual['visual']['visualType']} at {spot}")
        for role, shown in visual["visual"]["query"]["queryState"].items():
            lines += [f"  {role} {item['queryRef']} as '{item['displayName']}'" for item in shown["projections"]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for entity in MARTS:
        (FOLDER / f"{entity}.txt").write_text(golden(files(), entity), encoding="utf-8")
