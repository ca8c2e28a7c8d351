"""Places within a record, as reasons name them: `line_items[3].amount`, `attributes["colour"]`."""

import re

_POSITION = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[(?:[0-9]+|\*)\]')


def general_place(place: str) -> str:
    """Return a place without positions, and without the names in a map, which are a source's own words."""
    return _POSITION.sub("[]", place)


def field_of(place: str) -> str:
    """Return the field of the record that a place is in."""
    return re.split(r"[.\[]", place, maxsplit=1)[0]
