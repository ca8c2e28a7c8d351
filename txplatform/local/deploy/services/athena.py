"""Athena: workgroups."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_work_group(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("Name")
    context.client("athena").create_work_group(
        Name=name, Configuration=properties.require("WorkGroupConfiguration"), **properties.pick("Description")
    )
    return Created(name)


HANDLERS: dict[str, Handler] = {"AWS::Athena::WorkGroup": create_work_group}
