"""Walks JSON texts of a nested field by its contract: which of its values are where, and what has the wrong form.

Only refused rows are walked. A place is written `line_items[2].amount` or `metadata["colour"]`, counted from 0. The
names of a map's entries, and those that no contract knows, are a source's own words, which places in personal fields
do not repeat.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.pandera import MAX_NAME
from txplatform.ingest.casts import MESSAGES
from txplatform.ingest.nested.values import element_of
from txplatform.ingest.rules import rule_messages

MOST_ITEMS = 1_000  # of a list or map that are looked at: a refused one may hold millions
_SHOWN = 100  # characters of a name that no contract knows
_HIDDEN = "*"

Pairs = Sequence[tuple[str, Any]]
Reason = tuple[int, str, str, str]  # position, place, rule, message


class _Object(list[tuple[str, Any]]):
    """The members of an object as they are written, the same name as often as it is."""


@dataclass(slots=True)
class Walk:
    """One walk. `reasons` are those of forms; `scalars` has what each field inside holds, with position and place."""

    root: Field
    reasons: list[Reason] = field(default_factory=list[Reason])
    scalars: dict[int, tuple[Field, list[tuple[int, str, str]]]] = field(
        default_factory=dict[int, tuple[Field, list[tuple[int, str, str]]]]
    )

    def read(self, position: int, text: str) -> None:
        """Walk the text of one cell."""
        if self.root.type is FieldType.JSON:
            self._scalar(self.root, position, self.root.name, text)
            return
        try:
            value = json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_Object)
        except (ValueError, RecursionError):
            self._note(position, self.root.name, "type", MESSAGES[self.root.type])
            return
        self._value(self.root, position, self.root.name, value)

    def _note(self, position: int, place: str, rule: str, message: str) -> None:
        self.reasons.append((position, place, rule, message))

    def _value(self, rule: Field, position: int, place: str, value: Any) -> None:
        match rule.type, value:
            case FieldType.OBJECT, _Object():
                self._object(rule, position, place, value)
            case FieldType.MAP, _Object():
                self._map(rule, position, place, value)
                self._repeated(position, place, value)
            case FieldType.ARRAY, list() if not isinstance(value, _Object):
                items = cast("list[Any]", value)
                self._items(rule, position, [(f"{place}[{at}]", item) for at, item in enumerate(items)], place)
            case ((FieldType.OBJECT | FieldType.MAP | FieldType.ARRAY), _):
                self._note(position, place, "type", MESSAGES[rule.type])
            case _, (list() | _Object()):
                self._note(position, place, "type", MESSAGES[rule.type])
            case _:
                self._scalar(rule, position, place, value)

    def _object(self, rule: Field, position: int, place: str, members: Pairs) -> None:
        held = dict(members)
        known = {member.name for member in rule.fields}
        self._repeated(position, place, members)
        for name, value in members:
            if name not in known and value is not None:
                shown = _HIDDEN if rule.personal else name[:_SHOWN].encode("ascii", "backslashreplace").decode("ascii")
                self._note(position, f"{place}.{shown}", "unknown_field", "the contract has no such field")
        for member in rule.fields:
            inner = f"{place}.{member.name}"
            if held.get(member.name) is not None:
                self._value(member, position, inner, held[member.name])
            elif member.required:
                self._note(position, inner, "required", rule_messages(member)["required"])

    def _map(self, rule: Field, position: int, place: str, entries: Pairs) -> None:
        named = [(f"{place}[{_shown(rule, name)}]", 0 < len(name) <= MAX_NAME, item) for name, item in entries]
        self._items(rule, position, [(inner, item) for inner, sound, item in named if sound], place)
        for inner, sound, _ in named:
            if not sound:
                self._note(position, inner, "map_key", f"its name must be a text of 1 to {MAX_NAME} characters")

    def _items(self, rule: Field, position: int, items: Sequence[tuple[str, Any]], place: str) -> None:
        if rule.max_items is not None and len(items) > rule.max_items:
            self._note(position, place, "max_items", rule_messages(rule)["max_items"])
        for inner, item in items[:MOST_ITEMS]:
            if item is None:
                self._note(position, inner, "required", rule_messages(rule)["required"])
            else:
                self._value(element_of(rule), position, inner, item)

    def _scalar(self, rule: Field, position: int, place: str, value: str | bool) -> None:
        text = value if isinstance(value, str) else "true" if value else "false"
        try:
            text.encode()
        except UnicodeEncodeError:
            self._note(position, place, "type", "holds half of a surrogate pair")
        else:
            self.scalars.setdefault(id(rule), (rule, []))[1].append((position, place, text))

    def _repeated(self, position: int, place: str, members: Pairs) -> None:
        if len({name for name, _ in members}) < len(members):
            self._note(position, place, "type", "holds the same name twice")


def _shown(rule: Field, name: str) -> str:
    return _HIDDEN if rule.personal else json.dumps(name[:_SHOWN])


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
