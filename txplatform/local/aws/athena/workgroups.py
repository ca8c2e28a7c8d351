"""Work groups, which moto keeps: their result locations, their updates, and the engine there is."""

from collections.abc import Callable
from typing import Any

from moto.athena.models import WorkGroup, athena_backends

from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.environment import ACCOUNT, REGION

ENGINE = "Athena engine version 3"
_VERSIONS = [{"SelectedEngineVersion": name, "EffectiveEngineVersion": ENGINE} for name in ("AUTO", ENGINE)]


def require(name: str) -> WorkGroup:
    """Return a work group; raise RequestError where it is not there."""
    found = athena_backends[ACCOUNT][REGION].work_groups.get(name)
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


OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "UpdateWorkGroup": _update,
    "ListEngineVersions": lambda _: {"EngineVersions": _VERSIONS},
}
