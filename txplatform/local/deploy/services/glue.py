"""Glue: databases."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_database(context: Context, logical_id: str, properties: Properties) -> Created:
    database = properties.require("DatabaseInput")
    context.client("glue").create_database(CatalogId=properties.require("CatalogId"), DatabaseInput=database)
    return Created(database["Name"])


HANDLERS: dict[str, Handler] = {"AWS::Glue::Database": create_database}
