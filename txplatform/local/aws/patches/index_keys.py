"""moto stores items whose attributes do not suit the key of a secondary index; AWS refuses such a write.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from collections.abc import Mapping
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from txplatform.local.aws.patches.keys import check_size

_INVALID = "One or more parameter values were invalid: "
_NOT_VALID = "One or more parameter values are not valid. "
_EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."


def parts(value: Any) -> tuple[str, Any]:
    """Return type and content of a value, of a request or stored."""
    return (value.type, value.value) if isinstance(value, DynamoType) else next(iter(value.items()))


def check_index_keys(table: Table, attributes: Mapping[str, Any], *, updated: bool) -> None:
    """Refuse an item, put or `updated`, that an index of the table could not hold."""
    types = {defined["AttributeName"]: defined["AttributeType"] for defined in table.attr}
    for index in table.all_indexes():
        for part in index.schema:
            name = part["AttributeName"]
            if name not in attributes or name in table.table_key_attrs:
                continue
            kind, content = parts(attributes[name])
            if kind != types[name]:
                mismatch = f"Type mismatch for Index Key {name} Expected: {types[name]} Actual: {kind}"
                raise MockValidationException(f"{_INVALID}{mismatch} IndexName: {index.name}")
            if not content:
                raise MockValidationException(_NOT_VALID + _empty(index.name, name, updated=updated))
            check_size(kind, content, sort=part["KeyType"] == "RANGE")


def _empty(index: str, name: str, *, updated: bool) -> str:
    if updated:
        attempted = "The update expression attempted to update a secondary index key to a value that is not supported."
        return f"{attempted} {_EMPTY}"
    specified = "A value specified for a secondary index key is not supported."
    return f"{specified} {_EMPTY} IndexName: {index}, IndexKey: {name}"
