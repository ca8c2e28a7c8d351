"""Lists the keys of what is within a field: the members of objects, and the items of arrays."""

from dataclasses import replace

from txplatform.contracts.keys import Key, Kind, Place
from txplatform.contracts.keys.field import FIELD, LOGICAL_TYPES


def _as_in_a_field(name: str, on: str, **changes: str) -> Key:
    """The key as a field has it, shown on another entry of the example contract."""
    return replace(FIELD[name], on=on, **changes)


MEMBER_FIELD = Place(
    "A member of an object",
    "….properties[…]",
    "A field within a field. It has the same rules as any other, and neither a custom property nor a tag.",
    ("schema", "orders", "properties", "address", "properties", "*"),
    (
        Key(name="name", kind=Kind.TEXT, required=True, on="city",
            meaning="Name of the member, of the same characters as that of a field.", example="town", wrong="Town"),
        _as_in_a_field("description", "city", example="City or town."),
        Key(name="logicalType", kind=Kind.TEXT, required=True, on="city", choices=LOGICAL_TYPES,
            meaning="Type of the value.", example="string", wrong="float"),
        _as_in_a_field("physicalType", "distance"),
        Key(name="required", kind=Kind.FLAG, on="city",
            meaning="Whether every object that is there must have a value.", example="true", wrong="'yes'"),
        _as_in_a_field("classification", "city"),
        _as_in_a_field("logicalTypeOptions", "city"),
        _as_in_a_field("quality", "city"),
        _as_in_a_field("examples", "city", example="[Brno]", wrong="[1]"),
        _as_in_a_field("properties", "geo", example="[{name: lat, description: L., logicalType: string}]"),
        _as_in_a_field("items", "floors"),
        _as_in_a_field("id", "city"),
        _as_in_a_field("businessName", "city"),
        _as_in_a_field("criticalDataElement", "city"),
        _as_in_a_field("authoritativeDefinitions", "city"),
    ),
)  # fmt: skip

ITEMS = Place(
    "The items of an array",
    "….items",
    "What every value of an array is.",
    ("schema", "orders", "properties", "*", "items"),
    (
        Key(name="logicalType", kind=Kind.TEXT, required=True, on="labels", choices=LOGICAL_TYPES,
            meaning="Type of the values.", example="string", wrong="float"),
        _as_in_a_field("physicalType", "labels", example="varchar"),
        Key(name="description", kind=Kind.TEXT, on="labels",
            meaning="What a value says.", example="One label.", wrong="7"),
        _as_in_a_field("classification", "labels"),
        _as_in_a_field("logicalTypeOptions", "labels"),
        _as_in_a_field("quality", "labels"),
        _as_in_a_field("examples", "labels", example="[gift]", wrong="[1]"),
        _as_in_a_field("properties", "lines", example="[{name: sku, description: Article., logicalType: string}]"),
        Key(name="items", kind=Kind.MAPPING, on="grid",
            meaning="What an array holds whose values are arrays.",
            example="{logicalType: integer}", wrong="{logicalType: text}"),
        _as_in_a_field("id", "labels"),
    ),
)  # fmt: skip
