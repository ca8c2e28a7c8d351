"""Whether a report shows what its semantic model has, where its pages have room, in roles that its visuals know.

Roles of visuals: https://learn.microsoft.com/power-bi/visuals, and `queryState` of reports that Power BI Desktop saves.
Names and limits: https://learn.microsoft.com/power-bi/developer/projects/projects-report, PBIR naming convention.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from txplatform.dashboards.powerbi.checks.model_references import Model

_ROLES = {
    "card": {"Values"},
    "lineChart": {"Category", "Y", "Series"},
    "slicer": {"Values"},
    "tableEx": {"Values"},
}
_NAME = re.compile(r"[\w-]{1,50}")
_MOST_VISUALS = 300  # of a page


def report_violations(model: Model, documents: Mapping[str, Any]) -> Iterator[str]:
    """What pages and visuals show that is not there."""
    pages = {PurePosixPath(path).parent: item for path, item in documents.items() if path.endswith("/page.json")}
    for path, item in documents.items():
        if path.endswith("/pages.json"):
            order = item.get("pageOrder", [])
            if sorted(order) != sorted(folder.name for folder in pages) or item.get("activePageName") not in order:
                yield f"{path}: does not list every page once, or opens none of them"
    visuals = {path: item for path, item in documents.items() if path.endswith("/visual.json")}
    for folder, page in pages.items():
        yield from _name(f"{folder}/page.json", folder.name, page)
        count = sum(1 for path in visuals if PurePosixPath(path).is_relative_to(folder))
        if not 0 < count <= _MOST_VISUALS:
            yield f"{folder}: has {count} visuals"
    for path, visual in visuals.items():
        folder = PurePosixPath(path).parent
        yield from _name(path, folder.name, visual)
        yield from (f"{path}: {line}" for line in _shown(model, visual.get("visual", {})))
        page = pages.get(folder.parent.parent, {})
        place = visual.get("position", {})
        if not _fits(place, "x", "width", page) or not _fits(place, "y", "height", page):
            yield f"{path}: stands outside of its page"


def _name(path: str, folder: str, document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("name") != folder or not _NAME.fullmatch(folder):
        yield f"{path}: its name is not that of its folder, or is no name of at most 50 characters"


def _fits(place: Mapping[str, Any], start: str, size: str, page: Mapping[str, Any]) -> bool:
    return place.get(start, -1) >= 0 and place.get(start, 0) + place.get(size, 0) <= page.get(size, 0)


def _shown(model: Model, visual: Mapping[str, Any]) -> Iterator[str]:
    state = visual.get("query", {}).get("queryState", {})
    known = _ROLES.get(visual.get("visualType", ""), set())
    if not state or not set(state) <= known:
        yield f"a visual {visual.get('visualType')} has no roles {sorted(set(state) - known)}"
    references: list[str] = []
    for role in state.values():
        for projection in role.get("projections", []):
            references.append(projection.get("queryRef", ""))
            for kind, field in projection.get("field", {}).items():
                owner = {"Column": model.columns, "Measure": model.measures}.get(kind, {})
                table = field.get("Expression", {}).get("SourceRef", {}).get("Entity")
                if field.get("Property") not in owner.get(table, set()):
                    yield f"there is no {kind.lower()} '{field.get('Property')}' of '{table}'"
    if len(set(references)) != len(references):
        yield "shows a field twice"
