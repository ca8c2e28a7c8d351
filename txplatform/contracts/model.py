"""What a contract says, as immutable values. It knows neither files nor any rendering of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Literal


class FieldType(StrEnum):
    """The scalar types that survive every stage without loss."""

    STRING = "string"
    INTEGER = "integer"  # 64-bit, signed
    DECIMAL = "decimal"  # exact, 38 digits at most
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"  # microseconds, UTC


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a source's spelling of a field becomes ours, before validation.

    `aliases` are other names (dotted for nested ones) under which the field may arrive; `values` replaces whole
    values; `case` folds strings; `epoch` reads numbers as time since 1970 in that unit, cut to the microsecond;
    `default` fills an absent field.
    """

    aliases: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    case: Literal["upper", "lower"] | None = None
    epoch: Literal["seconds", "milliseconds"] | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity. `precision` and `scale` are set for decimals only; `example` is a canonical value."""

    name: str
    type: FieldType
    description: str
    required: bool = False
    precision: int | None = None
    scale: int | None = None
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    personal: bool = False
    alignment: Alignment = Alignment()
    example: str | int | bool | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """One entity, from queue to dashboard.

    `key` names the fields of the primary key in order. `partition_field` (a date or timestamp) never changes while a
    record lives; once deleted, it may come back in another partition.
    `version_field` (a timestamp, date or integer) orders the versions of a record at its source: the greatest wins.
    `files_from` is the first day of the entity's historical files.
    """

    name: str
    version: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    partition_field: str
    partition_transform: Literal["day", "month"]
    version_field: str
    files_from: date
    path: Path

    def __getitem__(self, name: str) -> Field:
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)

    @property
    def key_fields(self) -> tuple[Field, ...]:
        return tuple(self[name] for name in self.key)
