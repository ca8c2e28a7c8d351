"""Makes resources so in an account: what is missing is created, what differs updated in place, what is left deleted.

Each resource carries a digest of the request that it was made of, by which it is known whether it differs. So a
deployment that dies halfway, or runs twice, is continued. The digest is written last; what someone has changed by hand
is not seen by it.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from txplatform.dashboards.quicksight.account import DIGEST, Account
from txplatform.dashboards.quicksight.model import Kind, Resource, service_model


class Change(StrEnum):
    """What a deployment does with a resource."""

    CREATE = "create"
    UPDATE = "update"
    NONE = "unchanged"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One resource and what is done with it; `resource` is None of one that is deleted."""

    change: Change
    kind: Kind
    id: str
    resource: Resource | None = None


def plan(resources: Sequence[Resource], account: Account) -> list[Step]:
    """What a deployment would do: makes in the order of need, then deletions in the opposite order."""
    deployed = {kind: account.deployed(kind) for kind in Kind}
    made = [Step(_change(item, account, deployed[item.kind]), item.kind, item.id, item) for item in resources]
    wanted = {(item.kind, item.id) for item in resources}
    left = [Step(Change.DELETE, kind, name) for kind in reversed(Kind) for name in sorted(deployed[kind], reverse=True)]
    return made + [step for step in left if (step.kind, step.id) not in wanted]


def deploy(resources: Sequence[Resource], account: Account) -> Iterator[Step]:
    """Do it, and yield each step that is done; raise QuickSightError."""
    for step in plan(resources, account):
        if step.resource is None:
            _delete(step, account)
        elif step.change is not Change.NONE:
            _make(step.resource, account, step.change)
        yield step


def destroy(account: Account) -> Iterator[Step]:
    """Delete all resources of the platform."""
    yield from deploy([], account)


def _change(resource: Resource, account: Account, deployed: dict[str, str]) -> Change:
    if resource.id not in deployed:
        return Change.CREATE
    return Change.NONE if account.digest(deployed[resource.id]) == _digest(resource) else Change.UPDATE


def _make(resource: Resource, account: Account, change: Change) -> None:
    verb = "Create" if change is Change.CREATE else "Update"
    operation = f"{verb}{resource.kind}"
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None
    members = {name: value for name, value in resource.request.items() if name in shape.members}
    answer = account.call(operation, **{f"{resource.kind}Id": resource.id}, **members)
    if change is Change.UPDATE:
        _permit(resource, account)
    is_dashboard = resource.kind is Kind.DASHBOARD
    version = {"VersionNumber": int(answer["VersionArn"].rpartition("/")[2])} if is_dashboard else {}
    account.wait(resource.kind, resource.id, version)
    if is_dashboard and change is Change.UPDATE:
        account.call("UpdateDashboardPublishedVersion", DashboardId=resource.id, **version)
    tag = {"Key": DIGEST, "Value": _digest(resource)}
    arn = answer["Arn"].partition("/version/")[0]
    account.call("TagResource", ResourceArn=arn, Tags=[tag])


def _permit(resource: Resource, account: Account) -> None:
    """Replace who may do what: an update of the resource does not say it."""
    operation = f"{resource.kind}Permissions"
    found = account.call(f"Describe{operation}", **{f"{resource.kind}Id": resource.id})["Permissions"]
    wanted = {item["Principal"] for item in resource.request["Permissions"]}
    revoked = [item for item in found if item["Principal"] not in wanted]
    grants = {"GrantPermissions": resource.request["Permissions"]}
    account.call(
        f"Update{operation}",
        **{f"{resource.kind}Id": resource.id},
        **grants,
        **({"RevokePermissions": revoked} if revoked else {}),
    )


def _delete(step: Step, account: Account) -> None:
    force = {"ForceDeleteWithoutRecovery": True} if step.kind is Kind.ANALYSIS else {}
    account.call(f"Delete{step.kind}", **{f"{step.kind}Id": step.id}, **force)


def _digest(resource: Resource) -> str:
    return hashlib.sha256(json.dumps(resource.request, sort_keys=True).encode()).hexdigest()
