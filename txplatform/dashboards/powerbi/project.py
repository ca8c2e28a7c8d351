"""The project (PBIP): a semantic model, a report on it, and what says so.

https://learn.microsoft.com/power-bi/developer/projects/projects-overview
"""

from collections.abc import Mapping
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.contracts.names import PREFIX
from txplatform.dashboards.powerbi.identifiers import lineage_tag
from txplatform.dashboards.powerbi.model import SemanticModel
from txplatform.dashboards.powerbi.report import json_text, report_files
from txplatform.dashboards.powerbi.tmdl import tmdl_files

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
MODEL, REPORT = f"{PREFIX}.SemanticModel", f"{PREFIX}.Report"


def project_files(contracts: Mapping[str, Contract], model: SemanticModel) -> Mapping[str, str]:
    """Every file of the project, by its path."""
    shortcut = {
        "$schema": f"{SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
        "version": "1.0",
        "artifacts": [{"report": {"path": REPORT}}],
        "settings": {"enableAutoRecovery": True},
    }
    of_model = {"$schema": f"{SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json", "version": "4.2",
                "settings": {}}  # fmt: skip
    of_report = {
        "$schema": f"{SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
        "version": "4.0",
        "datasetReference": {"byPath": {"path": f"../{MODEL}"}},
    }
    documents = {
        f"{PREFIX}.pbip": shortcut,
        f"{MODEL}/.platform": _platform("SemanticModel"),
        f"{MODEL}/definition.pbism": of_model,
        f"{REPORT}/.platform": _platform("Report"),
        f"{REPORT}/definition.pbir": of_report,
    }
    return {
        **{path: json_text(document) for path, document in documents.items()},
        **{f"{MODEL}/definition/{path}": text for path, text in tmdl_files(model).items()},
        **{f"{REPORT}/definition/{path}": text for path, text in report_files(contracts).items()},
    }


def _platform(kind: str) -> dict[str, Any]:
    return {
        "$schema": f"{SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": kind, "displayName": PREFIX},
        "config": {"version": "2.0", "logicalId": lineage_tag("item", kind)},
    }
