"""IAM: roles with inline policies, and managed policies."""

import json

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_role(context: Context, logical_id: str, properties: Properties) -> Created:
    client = context.client("iam")
    name = f"{context.stack_name}-{logical_id}"[:64]  # the longest name of a role
    trust = json.dumps(properties.require("AssumeRolePolicyDocument"))
    role = client.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    for policy in properties.take("Policies", []):
        document = json.dumps(policy["PolicyDocument"])
        client.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    return Created(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def create_managed_policy(context: Context, logical_id: str, properties: Properties) -> Created:
    policy = context.client("iam").create_policy(
        PolicyName=f"{context.stack_name}-{logical_id}"[:128],  # the longest name of a policy
        PolicyDocument=json.dumps(properties.require("PolicyDocument")),
        **properties.pick("Description", "Path"),
    )["Policy"]
    return Created(policy["Arn"])


HANDLERS: dict[str, Handler] = {"AWS::IAM::ManagedPolicy": create_managed_policy, "AWS::IAM::Role": create_role}
