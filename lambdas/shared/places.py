"""Places within a record, as reasons name them: `shipping.address.city`, `line_items[3].amount`, `metadata["colour"]`.

Positions count from 0. A source's own name in a map or object of a personal field is not shown.
"""

import re

from lambdas.shared.jsonio import dumps
from lambdas.shared.schema import EntitySchema, FieldRule

_SHOWN = 100
HIDDEN = "*"  # instead of a name in a map or object of a personal field
_POSITION = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[(?:[0-9]+|\*)\]')


def general_place(place: str) -> str:
    """A place without positions, and without the names in a map, which are a source's own words."""
    return _POSITION.sub("[]", place) if "[" in place else place


def unknown_name(name: str) -> str:
    """A name that the contract does not have, as far as a message may repeat it."""
    return name[:_SHOWN].encode("ascii", "backslashreplace").decode("ascii")


def place_of(schema: EntitySchema, path: list[str | int]) -> tuple[str, FieldRule | None]:
    """The place to which a path leads in a record of canonical values, and the rule of what is there."""
    rule = schema.fields.get(str(path[0]))
    place = str(path[0])
    for step in path[1:]:
        if rule is None:
            return place, None
        if rule.type == "object":
            place, rule = f"{place}.{step}", rule.fields.get(str(step))
        else:
            place, rule = f"{place}{in_brackets(rule, step)}", rule.element
    return place, rule


def in_brackets(rule: FieldRule, step: str | int) -> str:
    """How a place goes on into a value of an array or map."""
    if rule.type == "array":
        return f"[{step}]"
    return f"[{HIDDEN if rule.personal else dumps(str(step)[:_SHOWN])}]"
