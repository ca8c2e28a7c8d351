"""moto asks every attribute value of an answer for each of ten members, under several spellings: a millisecond an item.

What most values are, a text, a number or a boolean, is answered as it is; the others are left to moto.
"""

from typing import Any

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType

_SHAPE = "AttributeValue"  # of DynamoDB and of its streams
_SIMPLE = {"S": str, "N": str, "BOOL": bool}


def _simple(value: Any) -> dict[str, Any] | None:
    """The value as DynamoDB's JSON has it; None for one that is not simple."""
    if isinstance(value, DynamoType):
        kind, held = value.type, value.value
    elif isinstance(value, dict) and len(value) == 1:
        ((kind, held),) = value.items()
    else:
        return None
    return {kind: held} if kind in _SIMPLE and isinstance(held, _SIMPLE[kind]) else None


def apply() -> None:
    serialize = BaseJSONSerializer._serialize_type_structure

    def serialize_structure(serializer: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
        plain = _simple(value) if shape.name == _SHAPE and key else None
        if plain is None:
            serialize(serializer, serialized, value, shape, key)
        else:
            serializer._default_serialize(serialized, plain, shape, key)

    BaseJSONSerializer._serialize_type_structure = serialize_structure  # type: ignore[method-assign]
