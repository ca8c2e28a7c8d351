"""IAM: roles with inline policies."""

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


HANDLERS: dict[str, Handler] = {"AWS::IAM::Role": create_role}
