"""Holds what a contract says, as immutable values that depend neither on files nor on any rendering."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from txplatform.contracts.business_day import DAYS_OF_UTC, BusinessDay
from txplatform.contracts.quality import Quality


class FieldType(StrEnum):
    """The types that survive every stage without loss: scalars, and what is made of them."""

    STRING = "string"
    INTEGER = "integer"  # 64-bit, signed
    DECIMAL = "decimal"  # exact, 38 digits at most
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"  # microseconds, UTC
    OBJECT = "object"  # fields of its own: a struct in the lake
    MAP = "map"  # texts to values of one scalar type
    ARRAY = "array"  # values of one type, in order
    JSON = "json"  # any JSON value: its canonical text in the lake


NESTED = frozenset((FieldType.OBJECT, FieldType.MAP, FieldType.ARRAY, FieldType.JSON))


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the source's form of a value becomes the platform's, before validation.

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
class Evolution:
    """What a field has to do with former versions of its contract.

    `former_names` are those that it had: messages, files, stored items and older rows may still have the value under
    one of them. `backfill` is the value, in canonical form, of every record that lacks the field. `deprecated` says why
    the field should not be sent any more, and what is sent instead.
    """

    former_names: tuple[str, ...] = ()
    backfill: str | None = None
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity. `precision` and `scale` are set for decimals only; `example` is a canonical value.

    A date or timestamp is from `earliest` to `latest`, canonical texts; numbers have `minimum` and `maximum`.

    An object has `fields`, an array or a map the one `element` that describes each of its values, under the name
    `element`; `max_items` bounds both. A field with anything personal inside is `personal` as a whole, and everything
    inside one that says so itself. `child` names the child entity that the objects of an array are, if they are one.
    """

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
    earliest: str | None = None
    latest: str | None = None
    fields: tuple["Field", ...] = ()
    element: "Field | None" = None
    max_items: int | None = None
    child: str | None = None
    personal: bool = False
    alignment: Alignment = Alignment()
    evolution: Evolution = Evolution()
    example: str | int | bool | None = None
    tags: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names under which the field may arrive, its own first."""
        return (self.name, *self.alignment.aliases, *self.evolution.former_names)

    @property
    def filler(self) -> str | None:
        """Return what a file's record has that lacks the field, None where nothing fills it."""
        return self.evolution.backfill if self.alignment.default is None else self.alignment.default


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person or role address of the team that answers for an entity; `left` is set for who is no longer in it."""

    username: str
    name: str | None = None
    role: str | None = None
    joined: date | None = None
    left: date | None = None

    @property
    def is_owner(self) -> bool:
        """Say whether the member is in the team now and has the role `owner`."""
        return self.left is None and self.role is not None and self.role.casefold() == "owner"


@dataclass(frozen=True, slots=True)
class Team:
    """The team that answers for an entity. `name` may be missing in files older than version 3.1 of the standard."""

    name: str | None
    members: tuple[TeamMember, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """Return the owners as Dagster writes them: `team:<name>`, then the e-mail address of each owner."""
        named = () if self.name is None else (f"team:{self.name}",)
        return (*named, *(member.username for member in self.members if member.is_owner))


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """What the contract promises and the platform checks; None where it promises nothing.

    `freshness` is the longest time that may pass without new data of the entity in its current state. `frequency` is
    how often the source delivers files: the longest time between two of them.
    """

    freshness: timedelta | None = None
    frequency: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """What records are looked up by: those with one value of `field`, in the order of `sorted_by`, a time."""

    field: str
    sorted_by: str


@dataclass(frozen=True, slots=True)
class TieBreaker:
    """What orders records of one version: the values of `field`, by their place in `ranks` where it lists any.

    The greater value is the later state, and one that is absent comes before all others.
    """

    field: str
    ranks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextConventions:
    """Other ways in which texts of files write the values of a field, as keys/text_conventions.py describes them.

    The formats are regular expressions with a group for each part.
    """

    decimal_char: str = "."
    group_char: str | None = None
    loose_numbers: bool = False
    missing_values: tuple[str, ...] = ()
    trim: bool = False
    date_format: str | None = None
    timestamp_format: str | None = None
    default_timezone: str | None = None
    loose_zones: bool = False


@dataclass(frozen=True, slots=True)
class FileRules:
    """How files are written, where their content does not say it.

    `encoding` is that of text without a byte order mark, UTF-8 if it is None. `records_path` are the names that lead to
    the records of a file that is one JSON document. `sheet` is that of a workbook, None for its first.
    """

    encoding: str | None = None
    records_path: tuple[str, ...] = ()
    sheet: str | None = None


UTF_8 = FileRules()
"""How files are written where nothing is declared."""

REST = "rest"


@dataclass(frozen=True, slots=True)
class Contract:
    """One entity, from queue to dashboard.

    `key` names the fields of the primary key in order. `partition_field` (a date or timestamp) never changes while a
    record lives; once deleted, it may come back in another partition.
    `version_field` (a timestamp, date or integer) orders the versions of a record at its source: the greatest wins.
    `tie_breakers` order records of one version, the first that differs deciding; without them such records conflict.
    `files_from` is the first day of the entity's historical files. `hot_days` is how many days back from today objects
    commonly land: these are listed every hour, in case a notification was lost. `tags` are those of the contract and
    its object.
    `sla` holds the service levels, all of them None where the contract promises none. `future_skew` is how far ahead of
    now a version may be, None for the functions' own default. With `precondition_required`, single records are written
    only by requests that say what they expect to find. `indexes` are the queries that the data API answers, one a field
    at most. `unknown_fields` says what becomes of a source's names that are none of the contract's: where they are
    kept, the last of `fields` is the JSON field `REST`, which holds them. `default_source` is the source system by
    which files are mapped that lie in no system's folder. `quality` is what it asks beyond the rules of single fields.
    `files` says how files of its own form are written, and `texts`, by field, in which other ways they write values.
    `business_day` says by which clock the days of its marts are counted, `dashboard_import` whether QuickSight keeps a
    copy of these or asks Athena. `row_security` is the field by whose values readers of dashboards are restricted to
    rows of their own, empty where they are not.
    """

    name: str
    version: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    partition_field: str
    partition_transform: Literal["day", "month", "year"]
    version_field: str
    files_from: date
    path: Path
    team: Team | None = None
    tags: tuple[str, ...] = ()
    sla: ServiceLevels = ServiceLevels()
    indexes: tuple[Index, ...] = ()
    tie_breakers: tuple[TieBreaker, ...] = ()
    future_skew: timedelta | None = None
    precondition_required: bool = False
    unknown_fields: Literal["refuse", "ignore", "keep"] = "refuse"
    default_source: str | None = None
    hot_days: int = 3
    quality: Quality = field(default_factory=Quality)
    texts: Mapping[str, TextConventions] = field(default_factory=lambda: MappingProxyType({}))
    files: FileRules = UTF_8
    business_day: BusinessDay = DAYS_OF_UTC
    dashboard_import: Literal["spice", "direct"] = "spice"
    row_security: str = ""

    def __getitem__(self, name: str) -> Field:
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)

    @property
    def key_fields(self) -> tuple[Field, ...]:
        return tuple(self[name] for name in self.key)

    @property
    def placed_by(self) -> tuple[str, ...]:
        """Return the fields that say where a row lies in the snapshot: the key, and the partition field."""
        return tuple(dict.fromkeys((*self.key, self.partition_field)))

    @property
    def owners(self) -> tuple[str, ...]:
        """Return who answers for the entity: `team:<name>` and e-mail addresses; an empty tuple without a team."""
        return () if self.team is None else self.team.owners
