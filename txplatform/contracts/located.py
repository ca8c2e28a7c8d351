"""Mappings of a YAML file that know the lines of their keys, so that errors of their content can name the line."""

import re
from typing import Any, cast

_QUOTED = re.compile(r"'([^']*)'")
_STEP = re.compile(r"\[([0-9]+)\]|([^.\[\]]+)")


class Located(dict[Any, Any]):
    """A mapping with the line in which it begins, from 1, and those of its keys, by their texts."""

    line: int = 0
    lines: dict[str, int]

    def at(self, line: int, lines: dict[str, int]) -> "Located":
        """Set where it is in its file."""
        self.line, self.lines = line, lines
        return self


def line_of(entries: object, where: str, problem: str) -> int | None:
    """The line of what a problem names first, in quotes, from the mapping at `where`; of the mapping itself otherwise.

    Return None of a mapping that comes from no file.
    """
    if not isinstance(entries, Located):
        return None
    quoted = _QUOTED.search(problem)
    path = quoted[1].removeprefix(f"{where}.") if quoted else ""
    line, found = entries.line, cast("Any", entries)
    for number, name in _STEP.findall(path):
        if isinstance(found, Located) and name in found.lines:
            line, found = found.lines[name], found.get(name)
        elif number and isinstance(found, list) and 0 < int(number) <= len(cast("list[Any]", found)):
            found = cast("Any", found[int(number) - 1])
            line = found.line if isinstance(found, Located) else line
        else:
            break
    return line
