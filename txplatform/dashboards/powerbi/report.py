"""The report in PBIR, Power BI's form of reports as files: a page for each entity.

https://learn.microsoft.com/power-bi/developer/projects/projects-report
"""

import json
from collections.abc import Mapping
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.dimensions import shared_dimensions
from txplatform.dashboards.powerbi.page import entity_page
from txplatform.dashboards.powerbi.semantic_model import all_marts

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"


def report_files(contracts: Mapping[str, Contract]) -> Mapping[str, str]:
    """The files of the folder `definition`, by their path in it."""
    found = all_marts(contracts)
    shared = shared_dimensions(found)
    files: dict[str, Any] = {
        "version.json": {"$schema": f"{SCHEMAS}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "report.json": {"$schema": f"{SCHEMAS}/report/3.0.0/schema.json", "themeCollection": {}},
    }
    pages: list[str] = []
    for contract in contracts.values():
        page, visuals = entity_page(contract, [mart for mart in found if mart.entity == contract.name], shared)
        pages.append(page["name"])
        files[f"pages/{page['name']}/page.json"] = page
        files |= {f"pages/{page['name']}/visuals/{visual['name']}/visual.json": visual for visual in visuals}
    files["pages/pages.json"] = {
        "$schema": f"{SCHEMAS}/pagesMetadata/1.0.0/schema.json",
        "pageOrder": pages,
        "activePageName": pages[0],
    }
    return {path: json_text(document) for path, document in files.items()}


def json_text(document: Any) -> str:
    """A document as its file has it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
