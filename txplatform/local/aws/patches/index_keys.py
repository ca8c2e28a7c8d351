"""moto stores items whose attributes do not suit the key of a secondary index; AWS refuses such a write.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_MAXIMUM_BYTES = {"HASH": 2048, "RANGE": 1024}


def check_index_keys(table: Table, attributes: dict[str, Any]) -> None:
    """Refuse an item, given by its attributes, that an index of the table could not hold."""
    types = {defined["AttributeName"]: defined["AttributeType"] for defined in table.attr}
    for index in table.all_indexes():
        for part in index.schema:
            name = part["AttributeName"]
            if name not in attributes:
                continue
            value = DynamoType(attributes[name])
            if value.type != types[name]:
                raise MockValidationException(
                    f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
                    f"Expected: {types[name]} Actual: {value.type} IndexName: {index.name}"
                )
            if value.value == "":
                raise MockValidationException(
                    "One or more parameter values are not valid. A value specified for a secondary index key is not "
                    "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
                    f"IndexName: {index.name}, IndexKey: {name}"
                )
            most = _MAXIMUM_BYTES[part["KeyType"]]
            if value.size() > most:
                raise MockValidationException(
                    "One or more parameter values are not valid. A value specified for a secondary index key is not "
                    f"supported. The size of the key exceeds {most} bytes. IndexName: {index.name}, IndexKey: {name}"
                )
