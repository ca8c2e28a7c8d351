"""Who may do what, read from both templates: python -m txplatform_tests.infra.roles prints it.

A role is called by who takes it: a function, a task, or whoever starts a task, which is Fargate itself.
"""

import json
from typing import Any

from infra import committed
from infra.exports import PLATFORM_POLICY, export_name
from txplatform_tests.infra.grants import Grant, as_list, grants

Template = dict[str, Any]


def templates() -> tuple[Template, Template]:
    """The committed templates of data plane and orchestration."""
    path = committed.template_path().with_name(committed.ORCHESTRATION_TEMPLATE_NAME)
    return committed.load_template(), json.loads(path.read_text(encoding="utf-8"))


def rights(data_plane: Template, orchestration: Template) -> dict[str, set[Grant]]:
    """What each role allows, by who takes it."""
    shared = data_plane["Outputs"][PLATFORM_POLICY]["Value"]["Ref"]
    policy = data_plane["Resources"][shared]["Properties"]["PolicyDocument"]["Statement"]
    imported = {export_name(PLATFORM_POLICY): grants(data_plane, policy)}
    return _rights(data_plane, imported) | _rights(orchestration, imported)


def _rights(template: Template, imported: dict[str, set[Grant]]) -> dict[str, set[Grant]]:
    takers = _takers(template)
    roles = {key: item for key, item in template["Resources"].items() if item["Type"] == "AWS::IAM::Role"}
    found: dict[str, set[Grant]] = {}
    for key, role in roles.items():
        values = role["Properties"]
        statements = [item for policy in values.get("Policies", ()) for item in policy["PolicyDocument"]["Statement"]]
        statements += _attached(template, key)
        managed = [imported[arn["Fn::ImportValue"]] for arn in values.get("ManagedPolicyArns", ())]
        found[takers.get(key, key)] = set().union(grants(template, statements), *managed)
    return found


def _attached(template: Template, role: str) -> list[dict[str, Any]]:
    """The statements of the policies that name a role."""
    return [
        statement
        for item in template["Resources"].values()
        if item["Type"] == "AWS::IAM::Policy" and {"Ref": role} in item["Properties"]["Roles"]
        for statement in as_list(item["Properties"]["PolicyDocument"]["Statement"])
    ]


def _takers(template: Template) -> dict[str, str]:
    """Who takes a role, by the role's logical id."""
    found: dict[str, str] = {}
    for item in template["Resources"].values():
        values = item.get("Properties", {})
        match item["Type"]:
            case "AWS::Lambda::Function":
                found[values["Role"]["Fn::GetAtt"][0]] = f"function {values['FunctionName']}"
            case "AWS::ECS::TaskDefinition":
                found[values["TaskRoleArn"]["Fn::GetAtt"][0]] = f"task {values['Family']}"
                found[values["ExecutionRoleArn"]["Fn::GetAtt"][0]] = f"start of {values['Family']}"
    return found


def main() -> None:
    """Print a line for each role and resource."""
    for taker, allowed in sorted(rights(*templates()).items()):
        print(taker)
        for resource in sorted({resource for _, resource in allowed}):
            actions = sorted(action for action, on in allowed if on == resource)
            print(f"    {resource}: {', '.join(actions)}")


if __name__ == "__main__":
    main()
