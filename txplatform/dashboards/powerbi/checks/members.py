"""The members that documents of a project must and may have, as Microsoft's JSON schemas say, in the part used here.

https://github.com/microsoft/json-schemas, folder fabric: the schema that a document names, and those that it embeds
(visualConfiguration/2.2.0, semanticQuery/1.3.0). None of them takes a member that it does not list.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, cast

_NUMBER = "number"
_TEXTS = ["text"]
_LITERAL = {"expr!": {"Literal!": {"Value!": "text"}}}
_TITLE = {"properties!": {"show": _LITERAL, "text": _LITERAL}}
_LABELS = {"properties!": {"labelDisplayUnits": _LITERAL}}
_FIELD = {"Expression!": {"SourceRef!": {"Entity!": "text"}}, "Property!": "text"}
_PROJECTION = {
    "field!": {"Column": _FIELD, "Measure": _FIELD},
    "queryRef!": "text",
    "nativeQueryRef": "text",
    "displayName": "text",
}
_VISUAL = {
    "visualType!": "text",
    "query": {"queryState!": {"*": {"projections!": [_PROJECTION]}}},
    "objects": {"labels": [_LABELS]},
    "visualContainerObjects": {"title": [_TITLE]},
    "drillFilterOtherVisuals": "boolean",
}
_POSITION = {"x!": _NUMBER, "y!": _NUMBER, "width!": _NUMBER, "height!": _NUMBER, "z": _NUMBER, "tabOrder": _NUMBER}
_PAGE = {"name!": "text", "displayName!": "text", "displayOption!": "text", "height": _NUMBER, "width": _NUMBER}
# By the schema's path. A member with an exclamation mark must be there, `*` is any.
_DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "pbip/pbipProperties/1.0.0": {
        "version!": "text",
        "artifacts!": [{"report!": {"path!": "text"}}],
        "settings": {"enableAutoRecovery": "boolean"},
    },
    "gitIntegration/platformProperties/2.0.0": {
        "metadata!": {"type!": "text", "displayName!": "text"},
        "config!": {"version!": "text", "logicalId!": "text"},
    },
    "item/semanticModel/definitionProperties/1.0.0": {"version!": "text", "settings": {}},
    "item/report/definitionProperties/2.0.0": {"version!": "text", "datasetReference!": {"byPath": {"path!": "text"}}},
    "item/report/definition/versionMetadata/1.0.0": {"version!": "text"},
    "item/report/definition/report/3.0.0": {"themeCollection!": {}},
    "item/report/definition/pagesMetadata/1.0.0": {"pageOrder": _TEXTS, "activePageName": "text"},
    "item/report/definition/page/2.0.0": _PAGE,
    "item/report/definition/visualContainer/2.4.0": {"name!": "text", "position!": _POSITION, "visual": _VISUAL},
}
_SCHEMA = re.compile(r"https://developer\.microsoft\.com/json-schemas/fabric/(.+)/schema\.json")
_TYPES: Mapping[str, tuple[type, ...]] = {"text": (str,), "number": (int, float), "boolean": (bool,)}


def member_violations(path: str, document: Any) -> Iterator[str]:
    """What a document lacks, has too much or in another type."""
    named = document.get("$schema") if isinstance(document, dict) else None
    known = _SCHEMA.fullmatch(str(named))
    if known is None or known[1] not in _DOCUMENTS:
        yield f"{path}: names the schema {named}, which is not among those checked here"
        return
    yield from (f"{path}: {line}" for line in _members(document, {"$schema!": "text", **_DOCUMENTS[known[1]]}, ""))


def _members(value: Any, form: Any, place: str) -> Iterator[str]:
    if isinstance(form, str):
        infinite = isinstance(value, float) and not isfinite(value)  # Python reads them in JSON, nothing else does
        if infinite or not isinstance(value, _TYPES[form]) or (isinstance(value, bool) and form != "boolean"):
            yield f"{place} is no {form}"
    elif isinstance(form, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
        else:
            for number, item in enumerate(cast("list[Any]", value)):
                yield from _members(item, form[0], f"{place}[{number}]")
    elif not isinstance(value, dict):
        yield f"{place or 'it'} is no object"
    else:
        members, forms = cast("dict[str, Any]", value), {key.removesuffix("!"): item for key, item in form.items()}
        required = {key.removesuffix("!") for key in form if key.endswith("!")}
        yield from (f"{place} lacks '{name}'" for name in sorted(required - set(members)))
        for name, item in members.items():
            if name not in forms and "*" not in forms:
                yield f"{place} has the unknown '{name}'"
            else:
                yield from _members(item, forms.get(name, forms.get("*")), f"{place}.{name}")
