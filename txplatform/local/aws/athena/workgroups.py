"""Work groups and their tags, kept in moto's memory, and the engine there is.

https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroup.html
"""

import re
import time
from collections.abc import Callable
from typing import Any

from moto.athena.models import AthenaBackend, WorkGroup, athena_backends

from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.pages import page
from txplatform.local.environment import ACCOUNT, REGION

ENGINE = "Athena engine version 3"
_PRIMARY = "primary"  # is there from the first, and stays
_NAME = re.compile(r"[a-zA-Z0-9._-]{1,128}")
_ARN = re.compile(r"arn:aws:athena:[a-z0-9-]+:\d{12}:workgroup/(?P<name>.+)")
_VERSIONS = [{"SelectedEngineVersion": name, "EffectiveEngineVersion": ENGINE} for name in ("AUTO", ENGINE)]
_STARTED = time.time()


def _backend() -> AthenaBackend:
    return athena_backends[ACCOUNT][REGION]


def require(name: str) -> WorkGroup:
    """Return a work group; raise RequestError where it is not there."""
    found = _backend().work_groups.get(name)
    if found is None:
        raise RequestError(f"WorkGroup {name} is not found.")
    return found


def output_of(name: str) -> tuple[str | None, bool]:
    """Return a work group's result location and whether it overrules the client's; raise RequestError."""
    group = require(name)
    if group.state == "DISABLED":
        raise RequestError(f"WorkGroup {name} is disabled.")
    configuration: dict[str, Any] = group.configuration or {}
    location = configuration.get("ResultConfiguration", {}).get("OutputLocation")
    return location, configuration.get("EnforceWorkGroupConfiguration", True)


def _create(request: dict[str, Any]) -> dict[str, Any]:
    name = request["Name"]
    if not _NAME.fullmatch(name):
        raise RequestError(f"{name[:80]!r} is no name of a work group: 128 of a to z, A to Z, 0 to 9, '.', '_' and '-'")
    configuration, tags = dict(request.get("Configuration") or {}), request.get("Tags", [])
    made = _backend().create_work_group(name, configuration, request.get("Description", ""), tags)
    if made is None:
        raise RequestError("WorkGroup is already created")
    made.created = time.time()  # type: ignore[attr-defined]
    return {}


def _summary(group: WorkGroup) -> dict[str, Any]:
    return {
        "Name": group.name,
        "State": group.state,
        "Description": group.description,
        "CreationTime": getattr(group, "created", _STARTED),
    }


def _get(request: dict[str, Any]) -> dict[str, Any]:
    group = require(request["WorkGroup"])
    return {"WorkGroup": {**_summary(group), "Configuration": group.configuration}}


def _list(request: dict[str, Any]) -> dict[str, Any]:
    groups = [
        {**_summary(group), "EngineVersion": group.configuration["EngineVersion"]}
        for group in list(_backend().work_groups.values())
    ]
    return page("WorkGroups", groups, request)


def _update(request: dict[str, Any]) -> dict[str, Any]:
    """Change what a request gives; ResultConfigurationUpdates name what goes by Remove…, the rest stays."""
    group = require(request["WorkGroup"])
    group.description = request.get("Description", group.description)
    group.state = request.get("State", group.state)
    updates = dict(request.get("ConfigurationUpdates") or {})
    results = dict(updates.pop("ResultConfigurationUpdates", {}))
    for name in [name for name, wanted in (updates | results).items() if name.startswith("Remove") and wanted]:
        group.configuration.pop(name.removeprefix("Remove"), None)
        group.configuration.get("ResultConfiguration", {}).pop(name.removeprefix("Remove"), None)
    kept = {name: value for name, value in results.items() if not name.startswith("Remove")}
    group.configuration.setdefault("ResultConfiguration", {}).update(kept)
    group.configuration.update({name: value for name, value in updates.items() if not name.startswith("Remove")})
    return {}


def _delete(request: dict[str, Any]) -> dict[str, Any]:
    group = require(request["WorkGroup"])
    if group.name == _PRIMARY:
        raise RequestError("The primary WorkGroup cannot be deleted")
    _backend().delete_work_group(group.name)
    return {}


def _tagged(request: dict[str, Any]) -> str:
    """Return the name of the resource whose tags are asked for; raise RequestError for any but work groups."""
    found = _ARN.fullmatch(request["ResourceARN"])
    if found is None:
        raise RequestError(f"{request['ResourceARN'][:120]!r} is no ARN of a work group")
    require(found["name"])
    return request["ResourceARN"]


def _tag(request: dict[str, Any]) -> dict[str, Any]:
    _backend().tagger.tag_resource(_tagged(request), request["Tags"])
    return {}


def _untag(request: dict[str, Any]) -> dict[str, Any]:
    _backend().tagger.untag_resource_using_names(_tagged(request), request["TagKeys"])
    return {}


def _tags(request: dict[str, Any]) -> dict[str, Any]:
    return page("Tags", _backend().tagger.list_tags_for_resource(_tagged(request))["Tags"], request, 1000)


OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "CreateWorkGroup": _create,
    "GetWorkGroup": _get,
    "ListWorkGroups": _list,
    "UpdateWorkGroup": _update,
    "DeleteWorkGroup": _delete,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _tags,
    "ListEngineVersions": lambda _: {"EngineVersions": _VERSIONS},
}
