"""Reads what the file of a source system says of its files: columns without a header, and what their names tell."""

import re

from txplatform.contracts.mapping.model import FileLayout
from txplatform.contracts.section import Section

MAX_SLOTS = 8  # of one name
_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,62})\}")


def read_layout(source: Section) -> FileLayout:
    """Read one layout; raise ContractError where its names are ambiguous or two columns have one name."""
    source.check_keys()
    names, columns, constants = source.text_or_texts("name"), source.texts("columns"), source.text_mapping("constants")
    if not names:
        raise source.error(f"'{source.name_of('name')}' is missing", "write e.g. {symbol}-trades-{day}")
    slots = [_slots(source, name) for name in names]
    if any(set(found) != set(slots[0]) for found in slots):
        problem = f"'{source.name_of('name')}' has names with different parts in braces"
        raise source.error(problem, "use the same parts in all of them, or describe them one by one")
    present = [*slots[0], *columns, *constants]
    if repeated := {name for name in present if present.count(name) > 1}:
        problem = f"'{source.name_of('name')}', its columns and constants say {', '.join(sorted(repeated))} twice"
        raise source.error(problem, "give each part of a record a name of its own")
    return FileLayout(names, columns, constants)


def _slots(source: Section, name: str) -> list[str]:
    slots = _SLOT.findall(name)
    literals = _SLOT.split(name)[::2]
    if "/" in name or any(brace in literal for literal in literals for brace in "{}") or "" in literals[1:-1]:
        problem = f"'{source.name_of('name')}' is '{name}'"
        remedy = "write the name of a file without folder and endings, its parts in braces and apart: {shop}-{day}"
        raise source.error(problem, remedy)
    if len(slots) > MAX_SLOTS:
        raise source.error(f"'{source.name_of('name')}' has {len(slots)} parts", f"use at most {MAX_SLOTS}")
    return slots
