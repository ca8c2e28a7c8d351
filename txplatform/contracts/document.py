"""Contract files as read from disk: strict YAML, and typed access whose every complaint names file, field and remedy.

Stricter than YAML on purpose: a repeated key is an error, numbers keep their digits (Decimal, never float), integers
are decimal (YAML 1.1 reads 0100 as 64 and 1:30 as 90), and dates stay the text that was written. It knows nothing of
what a contract means.
"""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, cast

import yaml

from txplatform.errors import ContractError

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,99})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_MOST_SAID = 400  # characters of a message's part
# What constructors raise on a tag that does not fit its value, and on nesting without end.
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


def _clipped(text: str) -> str:
    return text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}…"


class _Loader(yaml.SafeLoader):
    """SafeLoader that keeps exact numbers, leaves dates as text and refuses repeated keys."""


def _exact_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    text = str(loader.construct_scalar(node)).replace("_", "")
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _decimal_integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    if not _INTEGER.fullmatch(text):
        problem = f"{shortened(text)} is no integer in plain decimal notation"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return int(text)


def _plain_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key_node, _ in node.value:
        key = str(key_node.value)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} appears twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:float", _exact_number)
_Loader.add_constructor("tag:yaml.org,2002:int", _decimal_integer)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _plain_text)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_document(path: Path) -> "Section":
    """Read a YAML file whose top level is a mapping; raise ContractError for anything else."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ContractError(path, None, f"cannot be read ({error.strerror})", "name a readable file") from error
    except UnicodeDecodeError as error:
        raise ContractError(path, None, "is not UTF-8 text", "save the file as UTF-8") from error
    except yaml.YAMLError as error:
        problem = f"is not valid YAML ({_clipped(' '.join(str(error).split()))})"
        raise ContractError(path, None, problem, "correct the YAML at that line") from error
    except _UNREADABLE as error:
        problem = f"holds a value that cannot be read ({type(error).__name__})"
        raise ContractError(
            path, None, problem, "leave out tags (!!…), and nest no deeper than a contract does"
        ) from error
    if not isinstance(document, dict):
        remedy = "start from one of the shipped contracts"
        raise ContractError(path, None, "holds no mapping at its top level", remedy)
    return Section(path, None, cast("dict[Any, Any]", document))


class Section:
    """A mapping of the file, read key by key. `field` is the contract's field that it belongs to, if any."""

    def __init__(self, path: Path, field: str | None, values: Mapping[Any, Any], where: str = "") -> None:
        self.path = path
        self.field = field
        self._entries = values
        self._where = where

    def error(self, problem: str, remedy: str) -> ContractError:
        field = None if self.field is None else _clipped(self.field)
        return ContractError(self.path, field, _clipped(problem), _clipped(remedy))

    def named(self, field: str) -> "Section":
        """The same mapping, with complaints attributed to `field`."""
        return Section(self.path, field, self._entries, self._where)

    def name_of(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def allow_only(self, allowed: Collection[str]) -> None:
        """Raise ContractError for a key that would be silently ignored."""
        for key in self._entries:
            if key not in allowed:
                problem = f"'{self.name_of(str(key))}' is nothing the platform knows or enforces"
                raise self.error(problem, f"remove it, or use one of: {', '.join(sorted(allowed))}")

    def has(self, key: str) -> bool:
        return self._entries.get(key) is not None

    def is_list(self, key: str) -> bool:
        return isinstance(self._entries.get(key), list)

    def text(self, key: str) -> str:
        """A text that must be there and hold something."""
        value = self.optional_text(key)
        if value is None or not value.strip():
            raise self.error(f"'{self.name_of(key)}' is missing or empty", f"give '{self.name_of(key)}' a text")
        return value

    def optional_text(self, key: str) -> str | None:
        value = self._entries.get(key)
        if value is None or isinstance(value, str):
            return value
        problem = f"'{self.name_of(key)}' is {shortened(value)}, not a text"
        raise self.error(problem, f"put the value of '{self.name_of(key)}' in quotes")

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """A text out of `allowed`; `default`, if given, stands for an absent key."""
        if default is not None and not self.has(key):
            return default
        value = self.text(key)
        if value not in allowed:
            raise self.error(f"'{self.name_of(key)}' is '{value}'", f"use one of: {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        value = self._entries.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.error(f"'{self.name_of(key)}' is {shortened(value)}", f"set '{self.name_of(key)}' to true or false")

    def whole_number(self, key: str) -> int | None:
        """A non-negative integer, or None where the key is absent."""
        value = self._entries.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        problem = f"'{self.name_of(key)}' is {shortened(value)}, not a whole number from 0"
        raise self.error(problem, f"set '{self.name_of(key)}' to e.g. 64")

    def number(self, key: str) -> Decimal | None:
        """An exact number, written plainly as a number or as a text, or None where the key is absent."""
        value = self._entries.get(key)
        if value is None or isinstance(value, Decimal):
            return value
        if not isinstance(value, bool) and isinstance(value, int | str) and _NUMBER.fullmatch(str(value)):
            return Decimal(value)
        problem = f"'{self.name_of(key)}' is {shortened(value)}, not a plain number"
        raise self.error(problem, f"set '{self.name_of(key)}' to a number in plain notation, e.g. 0.01")

    def scalar_text(self, key: str) -> str | None:
        """A text, number or boolean in its text form, or None where the key is absent."""
        value = self._entries.get(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | Decimal):
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        return self.optional_text(key)

    def values(self, key: str) -> list[Any]:
        """The list under `key`, unchecked; empty where the key is absent."""
        value: Any = self._entries.get(key)
        if value is None:
            return []
        if isinstance(value, list):
            return cast("list[Any]", value)
        raise self.error(f"'{self.name_of(key)}' is no list", f"write '{self.name_of(key)}' as a list")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of distinct texts; empty where the key is absent."""
        values = self.values(key)
        for value in values:
            if not isinstance(value, str) or not value:
                problem = f"'{self.name_of(key)}' holds {shortened(value)}, which YAML does not read as a text"
                raise self.error(problem, f"put every value of '{self.name_of(key)}' in quotes")
        if len(set(values)) != len(values):
            raise self.error(f"'{self.name_of(key)}' repeats a value", "list each value once")
        return tuple(values)

    def text_mapping(self, key: str) -> dict[str, str]:
        """A mapping of texts to texts; empty where the key is absent."""
        section = self.section(key)
        for name, value in section._entries.items():
            if not isinstance(name, str) or not isinstance(value, str):
                said = f"{shortened(name)} to {shortened(value)}"
                problem = f"'{self.name_of(key)}' maps {said}, which YAML does not read as texts"
                raise self.error(problem, f"put both sides of '{self.name_of(key)}' in quotes")
        return dict(section._entries)

    def section(self, key: str) -> "Section":
        """The mapping under `key`; an empty one where the key is absent."""
        value: Any = self._entries.get(key, {})
        if isinstance(value, dict):
            return Section(self.path, self.field, cast("dict[Any, Any]", value), self.name_of(key))
        raise self.error(f"'{self.name_of(key)}' is no mapping", f"write '{self.name_of(key)}' as key: value pairs")

    def sections(self, key: str) -> list["Section"]:
        """The list of mappings under `key`; empty where the key is absent."""
        found: list[Section] = []
        for position, value in enumerate(self.values(key), start=1):
            where = f"{self.name_of(key)}[{position}]"
            if not isinstance(value, dict):
                raise self.error(f"'{where}' is no mapping", f"write '{where}' as key: value pairs")
            found.append(Section(self.path, self.field, cast("dict[Any, Any]", value), where))
        return found

    def custom_properties(self, allowed: Collection[str]) -> "Section":
        """The list `customProperties` of ODCS ({property, value} each) as one mapping."""
        values: dict[str, Any] = {}
        for entry in self.sections("customProperties"):
            entry.allow_only(("id", "property", "value", "description"))
            name = entry.text("property")
            if name in values:
                raise self.error(f"custom property '{name}' appears twice", "keep one of them")
            values[name] = entry._entries.get("value")
        custom = Section(self.path, self.field, values, self.name_of("customProperties"))
        custom.allow_only(allowed)
        return custom
