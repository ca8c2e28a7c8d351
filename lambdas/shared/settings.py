"""Reads a function's settings class from its environment, and says which variables that class needs.

Infra renders each function's environment from the same classes, so a name is typed once: as a field. This is
the functions' only reader of `os.environ`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

from lambdas.shared.errors import ConfigurationError

ENTITY_SLOT = "{entity}"
SYSTEM_SLOT = "{system}"
_NAME = "[a-z][a-z0-9_]{0,31}"


class SettingsClass(Protocol):
    """A frozen dataclass whose fields are `str` or `int`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=SettingsClass)


def environment_name(field: str) -> str:
    return f"TXP_{field.upper()}"


def environment_names(cls: type[SettingsClass]) -> list[str]:
    """The variables that `load` reads for a settings class, in the order of its fields."""
    return [environment_name(field.name) for field in fields(cls)]


def load(cls: type[T], mapping: Mapping[str, str] | None = None) -> T:
    """Build a settings class from `mapping`, by default the process's environment; raise ConfigurationError."""
    environment = os.environ if mapping is None else mapping
    values: dict[str, str | int] = {}
    problems: list[str] = []
    for field in fields(cls):
        name = environment_name(field.name)
        text = environment.get(name, "")
        if not text:
            problems.append(f"{name} is not set")
        elif field.type is int:
            if re.fullmatch(r"\d{1,9}", text):
                values[field.name] = int(text)
            else:
                problems.append(f"{name} is not a whole number")
        else:
            values[field.name] = text
    if problems:
        raise ConfigurationError("; ".join(problems))
    return cls(**values)


def entity_in(pattern: str, name: str) -> str | None:
    """The entity for which `pattern` (holding `{entity}`) gives `name`, or None when there is no such entity."""
    return _in_slot(pattern, ENTITY_SLOT, name)


def for_entity(pattern: str, entity: str) -> str:
    """The name that `pattern` (holding `{entity}`) gives for an entity."""
    return pattern.replace(ENTITY_SLOT, entity)


def system_in(pattern: str, name: str) -> str | None:
    """The source system for which `pattern` (holding `{system}`) gives `name`, or None when there is no such system."""
    return _in_slot(pattern, SYSTEM_SLOT, name)


def for_system(pattern: str, system: str) -> str:
    """The name that `pattern` (holding `{system}`) gives for a source system."""
    return pattern.replace(SYSTEM_SLOT, system)


def _in_slot(pattern: str, slot: str, name: str) -> str | None:
    before, _, after = pattern.partition(slot)
    match = re.fullmatch(f"{re.escape(before)}({_NAME}){re.escape(after)}", name)
    return match[1] if match else None
