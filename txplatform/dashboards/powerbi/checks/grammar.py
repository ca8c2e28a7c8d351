"""Reads TMDL into objects with properties, by the grammar that Microsoft describes.

https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview: an object is declared by its type and name, and may
have a default property after an equals sign; properties have a colon, expressions an equals sign, flags nothing; what
belongs to an object is one tab deeper, the text of an expression deeper than its property; `///` describes what
follows.
"""

import re
from dataclasses import dataclass, field

_OF_TABLES = ("column", "hierarchy", "level", "measure", "partition", "refreshPolicy", "table", "tablePermission")
OBJECTS = frozenset(("annotation", "database", "expression", "model", "ref", "relationship", "role", *_OF_TABLES))
_NAME = r"(?P<name>'(?:[^']|'')*'|[^\s.=:']+)"
_DECLARED = re.compile(
    rf"(?P<type>\w+)(?:(?<=\bref) (?P<ref>[a-z]\w*))?(?: {_NAME})?(?P<equals> =(?: (?P<value>.*))?)?"
)
_PROPERTY = re.compile(r"(?P<name>\w+)(?:: (?P<value>.+)|(?P<equals> =)(?: (?P<text>.+))?)?")


class TmdlError(ValueError):
    """A line is not TMDL."""

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        super().__init__(problem)


@dataclass(slots=True)
class Object:
    """An object of the model. `value` is its default property, empty without one; `ref` the type that it refers to."""

    type: str
    name: str
    line: int
    ref: str = ""
    value: str = ""
    described: bool = False
    properties: dict[str, str] = field(default_factory=dict[str, str])
    children: list["Object"] = field(default_factory=list["Object"])


def parse(text: str) -> list[Object]:
    """The objects of a file; raise TmdlError."""
    reader = _Reader(text.splitlines())
    found = reader.members(0, None)
    if reader.at < len(reader.lines):
        raise TmdlError(reader.at + 1, "is deeper than its object allows")
    return found


def unquoted(name: str) -> str:
    """A name as it is, without the quotes of TMDL."""
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


class _Reader:
    """The place in the lines of a file."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    def members(self, depth: int, owner: Object | None) -> list[Object]:
        """The objects at a depth; properties go to their owner."""
        found: list[Object] = []
        described = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip():
                self.at += 1
                continue
            if _depth(line) < depth:
                break
            if _depth(line) > depth or line[depth] == " ":
                raise TmdlError(self.at + 1, "is not indented by the tabs of its object")
            self.at += 1
            if line.strip().startswith("/// "):
                described = True
            elif line.split()[0] in OBJECTS:
                found.append(self._object(line.strip(), depth, described))
                described = False
            elif owner is None or found or described:
                raise TmdlError(self.at, "is a property without an object, or after an object's parts")
            else:
                self._property(line.strip(), depth, owner)
        if described:
            raise TmdlError(self.at, "is a description of nothing")
        return found

    def _object(self, line: str, depth: int, described: bool) -> Object:
        declared = _DECLARED.fullmatch(line)
        if declared is None:
            raise TmdlError(self.at, f"'{line}' declares no object: quote a name with spaces or signs")
        name, value = unquoted(declared["name"] or ""), declared["value"] or ""
        found = Object(declared["type"], name, self.at, declared["ref"] or "", value, described)
        if declared["equals"] and not value:
            found.value = self._text(depth + 1)
        found.children = self.members(depth + 1, found)
        return found

    def _property(self, line: str, depth: int, owner: Object) -> None:
        stated = _PROPERTY.fullmatch(line)
        if stated is None or stated["name"] in owner.properties:
            raise TmdlError(self.at, f"'{line}' is no property, or is there twice")
        value = stated["value"] or stated["text"] or ("" if stated["equals"] else "true")
        owner.properties[stated["name"]] = value or self._text(depth)

    def _text(self, depth: int) -> str:
        """The lines of an expression, which are deeper than the property at this depth."""
        start = self.at
        while self.at < len(self.lines) and (not self.lines[self.at].strip() or _depth(self.lines[self.at]) > depth):
            self.at += 1
        text = "\n".join(line.strip() for line in self.lines[start : self.at]).strip()
        if not text:
            raise TmdlError(start, "has an equals sign without an expression")
        return text


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip("\t"))
