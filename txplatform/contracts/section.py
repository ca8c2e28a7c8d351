"""Gives typed access to a mapping of a contract file; every error names file, line, field and remedy.

The place of a section lists which keys it may have and what each of them holds. What they mean is the readers' matter.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, cast

from txplatform.contracts.document import NUMBER, clipped
from txplatform.contracts.keys import Kind, Place
from txplatform.contracts.keys.entity import PROPERTY_ENTRY
from txplatform.contracts.located import Located, line_of
from txplatform.errors import ContractError


class Section:
    """A mapping of the file, read key by key. `field` is the contract's field that it belongs to, if any.

    Reading a key that the place does not list, or as another kind than it lists, is a programming error (KeyError,
    AssertionError); everything that is wrong with the file is a ContractError.
    """

    def __init__(
        self, path: Path, field: str | None, entries: Mapping[Any, Any], place: Place, where: str = ""
    ) -> None:
        self.path = path
        self.field = field
        self.place = place
        self._entries = entries
        self._where = where

    def error(self, problem: str, remedy: str) -> ContractError:
        field = None if self.field is None else clipped(self.field)
        line = line_of(self._entries, self._where, problem)
        return ContractError(self.path, field, clipped(problem), clipped(remedy), line)

    def named(self, field: str) -> "Section":
        """Return the same mapping, with errors attributed to `field`."""
        return Section(self.path, field, self._entries, self.place, self._where)

    def name_of(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def check_kind_of_file(self, other: str, remedy: str) -> None:
        """Raise ContractError for a file of another kind, all of whose keys would be wrong here."""
        if self._entries.get("kind") == other:
            raise self.error(f"'kind' is '{other}', which is not read in this folder", remedy)

    def check_keys(self, allowed: Collection[str] | None = None) -> None:
        """Raise ContractError for a key that would be silently ignored, and for a descriptive one of another kind.

        `allowed` are the place's keys that apply here; by default all of them do.
        """
        allowed = tuple(self.place) if allowed is None else allowed
        for key in self._entries:
            if key not in allowed:
                problem = f"'{self.name_of(str(key))}' is not a key that the platform reads or enforces"
                listed = f"remove it, or use one of: {', '.join(sorted(allowed))}" if allowed else "remove it"
                raise self.error(problem, listed)
        for key in self.place.keys:
            if key.descriptive and self.has(key.name):
                self._check_kind(key.name)

    def _check_kind(self, key: str) -> None:
        entry = self.place[key]
        if entry.choices:
            self.choice(key)
            return
        match entry.kind:
            case Kind.FLAG:
                self.flag(key)
            case Kind.COUNT:
                self.whole_number(key)
            case Kind.MAPPING:
                self._mapping(key, self._entries[key])
            case Kind.MAPPINGS:
                self._mappings(key)
            case _:
                self.optional_text(key)

    def _value(self, key: str, *kinds: Kind) -> Any:
        assert self.place[key].kind in kinds, f"'{self.name_of(key)}' is listed as {self.place[key].kind}"
        return self._entries.get(key)

    def has(self, key: str) -> bool:
        return self._value(key, *Kind) is not None

    def is_list(self, key: str) -> bool:
        return isinstance(self._value(key, *Kind), list)

    def text(self, key: str) -> str:
        """Return a text that must be there and hold something."""
        value = self.optional_text(key)
        if value is None or not value.strip():
            raise self.error(f"'{self.name_of(key)}' is missing or empty", f"give '{self.name_of(key)}' a text")
        return value

    def optional_text(self, key: str) -> str | None:
        value = self._value(key, Kind.TEXT, Kind.DAY, Kind.BOUND, Kind.SCALAR, Kind.TEXT_OR_MAPPING)
        if value is None or isinstance(value, str):
            return value
        problem = f"'{self.name_of(key)}' is {shortened(value)}, not a text"
        raise self.error(problem, f"put the value of '{self.name_of(key)}' in quotes")

    def choice(self, key: str, default: str | None = None) -> str:
        """Return a text out of the key's choices; `default`, if given, stands for an absent key."""
        if default is not None and not self.has(key):
            return default
        value = self.text(key)
        choices = self.place[key].choices
        if value not in choices:
            raise self.error(f"'{self.name_of(key)}' is '{value}'", f"use one of: {', '.join(choices)}")
        return value

    def flag(self, key: str) -> bool:
        value = self._value(key, Kind.FLAG)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.error(f"'{self.name_of(key)}' is {shortened(value)}", f"set '{self.name_of(key)}' to true or false")

    def whole_number(self, key: str) -> int | None:
        """Return a non-negative integer, or None where the key is absent."""
        value = self._value(key, Kind.COUNT)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        problem = f"'{self.name_of(key)}' is {shortened(value)}, not a whole number from 0"
        raise self.error(problem, f"set '{self.name_of(key)}' to e.g. 64")

    def number(self, key: str) -> Decimal | None:
        """Return an exact number, written plainly as a number or as a text, or None where the key is absent."""
        value = self._value(key, Kind.NUMBER, Kind.BOUND)
        if value is None or isinstance(value, Decimal):
            return value
        if not isinstance(value, bool) and isinstance(value, int | str) and NUMBER.fullmatch(str(value)):
            return Decimal(value)
        problem = f"'{self.name_of(key)}' is {shortened(value)}, not a plain number"
        raise self.error(problem, f"set '{self.name_of(key)}' to a number in plain notation, e.g. 0.01")

    def scalar_text(self, key: str) -> str | None:
        """Return a text, number or boolean in its text form, or None where the key is absent."""
        value = self._value(key, Kind.SCALAR)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | Decimal):
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        return self.optional_text(key)

    def scalar(self, key: str) -> str | int | bool | None:
        """Return a text, whole number or boolean as it is, a number with a point as its text; None where absent."""
        value = self._value(key, Kind.SCALAR)
        return value if isinstance(value, bool | int) else self.scalar_text(key)

    def values(self, key: str) -> list[Any]:
        """Return the list under `key`, unchecked; empty where the key is absent."""
        kinds = (Kind.VALUES, Kind.TEXTS, Kind.MAPPINGS, Kind.MAPPING_OR_MAPPINGS, Kind.TEXT_OR_TEXTS)
        value = self._value(key, *kinds)
        if value is None:
            return []
        if isinstance(value, list):
            return cast("list[Any]", value)
        raise self.error(f"'{self.name_of(key)}' is not a list", f"write '{self.name_of(key)}' as a list")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of distinct texts; empty where the key is absent."""
        values = self.values(key)
        for value in values:
            if not isinstance(value, str) or not value:
                problem = f"'{self.name_of(key)}' holds {shortened(value)}, which YAML does not read as a text"
                raise self.error(problem, f"put every value of '{self.name_of(key)}' in quotes")
        if len(set(values)) != len(values):
            raise self.error(f"'{self.name_of(key)}' repeats a value", "list each value once")
        return tuple(values)

    def text_mapping(self, key: str) -> dict[str, str]:
        """Return a mapping of texts to texts; empty where the key is absent."""
        entries = self._mapping(key, self._value(key, Kind.TEXT_MAPPING))
        for name, value in entries.items():
            if not isinstance(name, str) or not isinstance(value, str):
                pair = f"{shortened(name)} to {shortened(value)}"
                problem = f"'{self.name_of(key)}' maps {pair}, which YAML does not read as texts"
                raise self.error(problem, f"put both sides of '{self.name_of(key)}' in quotes")
        return dict(entries)

    def count_mapping(self, key: str) -> dict[str, int]:
        """Return a mapping of texts to whole numbers; empty where the key is absent."""
        entries = self._mapping(key, self._value(key, Kind.COUNT_MAPPING))
        for name, value in entries.items():
            if not isinstance(name, str) or isinstance(value, bool) or not isinstance(value, int) or value < 0:
                problem = f"'{self.name_of(key)}' maps {shortened(name)} to {shortened(value)}"
                raise self.error(problem, f"map texts to whole numbers from 0 in '{self.name_of(key)}'")
        return dict(entries)

    def named_values(self, key: str) -> dict[str, Any]:
        """Return a mapping of texts to values that are unchecked; empty where the key is absent."""
        entries = self._mapping(key, self._value(key, Kind.NAMED))
        for name in entries:
            if not isinstance(name, str):
                problem = f"'{self.name_of(key)}' holds the name {shortened(name)}, which YAML does not read as a text"
                raise self.error(problem, "put the name in quotes")
        return dict(entries)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """Return one text as a list of one, or a list of distinct texts; empty where the key is absent."""
        value = self._value(key, Kind.TEXT_OR_TEXTS)
        if value is None or isinstance(value, list):
            return self.texts(key)
        if isinstance(value, str) and value.strip():
            return (value,)
        raise self.error(f"'{self.name_of(key)}' is {shortened(value)}", "write a text, or a list of texts")

    def is_mapping(self, key: str) -> bool:
        return isinstance(self._value(key, *Kind), dict)

    def section(self, key: str, place: Place) -> "Section":
        """Return the mapping under `key`, as a mapping of that place; an empty one where the key is absent."""
        entries = self._mapping(key, self._value(key, Kind.MAPPING, Kind.MAPPING_OR_MAPPINGS, Kind.TEXT_OR_MAPPING))
        return Section(self.path, self.field, entries, place, self.name_of(key))

    def sections(self, key: str, place: Place) -> list["Section"]:
        """Return the list of mappings under `key`, each as a mapping of that place; empty where the key is absent."""
        return [Section(self.path, self.field, entries, place, where) for where, entries in self._mappings(key)]

    def named_sections(self, key: str, place: Place) -> dict[str, "Section"]:
        """Return the mappings under `key` by their names, each as a mapping of that place; empty where it is absent."""
        found = self.named_values(key)
        where = self.name_of(key)
        return {
            name: Section(self.path, self.field, self._mapping(f"{key}.{name}", entries), place, f"{where}.{name}")
            for name, entries in found.items()
        }

    def custom_properties(self, place: Place) -> "Section":
        """Return the list `customProperties` of ODCS ({property, value} each) as one mapping of that place."""
        values, lines = Located(), dict[str, int]()
        for entry in self.sections("customProperties", PROPERTY_ENTRY):
            entry.check_keys()
            name = entry.text("property")
            if name in values:
                raise self.error(f"custom property '{name}' appears twice", "keep one of them")
            values[name] = entry._value("value", Kind.ANY)
            lines[name] = line_of(entry._entries, entry._where, "'value'") or 0
        if (line := line_of(self._entries, self._where, "'customProperties'")) is not None:
            values.at(line, lines)
        custom = Section(self.path, self.field, values, place, self.name_of("customProperties"))
        custom.check_keys()
        return custom

    def _mapping(self, key: str, value: Any) -> Mapping[Any, Any]:
        if value is None:
            return {}
        if isinstance(value, dict):
            return cast("dict[Any, Any]", value)
        raise self.error(f"'{self.name_of(key)}' is not a mapping", f"write '{self.name_of(key)}' as key: value pairs")

    def _mappings(self, key: str) -> list[tuple[str, Mapping[Any, Any]]]:
        found: list[tuple[str, Mapping[Any, Any]]] = []
        for position, value in enumerate(self.values(key), start=1):
            where = f"{self.name_of(key)}[{position}]"
            if not isinstance(value, dict):
                raise self.error(f"'{where}' is not a mapping", f"write '{where}' as key: value pairs")
            found.append((where, cast("dict[Any, Any]", value)))
        return found
