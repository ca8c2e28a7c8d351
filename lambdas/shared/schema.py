"""The typed form of a registry document: what a function knows about an entity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

import jsonschema_rs

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.record_rules import RecordRule
from lambdas.shared.ties import Rank, TieBreaker, rank

Scalar = str | int | bool
Record = Mapping[str, Any]  # of canonical values: scalars, and what `nested` makes of the other types
ScalarType = Literal["string", "integer", "decimal", "boolean", "date", "timestamp"]
NestedType = Literal["object", "map", "array", "json"]
FieldType = ScalarType | NestedType
UnknownFields = Literal["refuse", "ignore", "keep"]

REST = "rest"  # the field that keeps unknown ones
_SCALAR_TYPES, _NESTED_TYPES = get_args(ScalarType), get_args(NestedType)

DEFAULT_FUTURE_SKEW = timedelta(hours=24)

_VERSION_DIGITS = 20


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: its type and how a source's form of it is aligned (see `alignment`).

    An object has `fields`, in order; an array, and a map, the one `element` that all of its values are.
    """

    name: str
    type: FieldType
    required: bool = False
    precision: int = 38
    scale: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    earliest: str | None = None
    latest: str | None = None
    aliases: tuple[tuple[str, ...], ...] = ()
    values: Mapping[str, str] | None = None
    case: Literal["upper", "lower"] | None = None
    epoch: Literal["seconds", "milliseconds"] | None = None
    default: str | None = None
    former_names: tuple[str, ...] = ()
    backfill: Scalar | None = None
    deprecated: bool = False
    personal: bool = False
    fields: Mapping[str, "FieldRule"] = field(default_factory=dict[str, "FieldRule"])
    element: "FieldRule | None" = None

    @classmethod
    def parse(cls, name: str, document: Mapping[str, Any], *, personal: bool = False) -> "FieldRule":
        """Read the rules of a field; what lies in a `personal` one is personal."""
        if document["type"] not in _SCALAR_TYPES + _NESTED_TYPES:
            raise ConfigurationError(f"field {name!r} has the unknown type {document['type']!r}")
        personal = personal or document.get("personal", False)
        element = document.get("element")
        return cls(
            name=name,
            type=document["type"],
            required=document.get("required", False),
            precision=document.get("precision", 38),
            scale=document.get("scale", 0),
            minimum=_decimal(document.get("minimum")),
            maximum=_decimal(document.get("maximum")),
            earliest=document.get("earliest"),
            latest=document.get("latest"),
            aliases=tuple(tuple(alias.split(".")) for alias in document.get("aliases", ())),
            values=document.get("values"),
            case=document.get("case"),
            epoch=document.get("epoch"),
            default=document.get("default"),
            former_names=tuple(document.get("former_names", ())),
            backfill=document.get("backfill"),
            deprecated=document.get("deprecated", False),
            personal=personal,
            fields={
                item["name"]: cls.parse(item["name"], item, personal=personal) for item in document.get("fields", ())
            },
            element=None if element is None else cls.parse(name, element, personal=personal),
        )

    @property
    def is_aligned(self) -> bool:
        """Whether alignment may change a value of the field, or make one."""
        return bool(self.values or self.case or self.epoch or self.default is not None)

    @property
    def is_bounded(self) -> bool:
        """Whether the field is a decimal or a time with bounds, which JSON Schema cannot compare as it is a text."""
        is_bounded = self.minimum is not None or self.maximum is not None
        return self.earliest is not None or self.latest is not None or (self.type == "decimal" and is_bounded)

    @property
    def is_nested(self) -> bool:
        """Whether a value is more than a scalar."""
        return self.type in _NESTED_TYPES


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index of the entity's table: the records with one value of `field`, in the order of a time."""

    name: str
    field: str
    sorted_by: str

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Index":
        """Read what this release knows of an index; a later one may say more."""
        return cls(document["name"], document["field"], document["sorted_by"])


@dataclass(frozen=True, slots=True)
class EntitySchema:
    """One entity, with its JSON Schema compiled. `indexes` are found by the field that they look up.

    `future_skew` is how far ahead of now a version may be that is a timestamp or date. With `precondition_required`, a
    single record is written only for a request that says what it expects to find. `tie_breakers` order records of one
    version. `personal` are the fields whose values say something of a person, sorted. What each message would ask of
    all fields is asked once: `essential` are those that say which record and which state of it, `needed` those that no
    record lacks; `aligned` have another form at a source, beside other names, and `bounded` are decimals and times
    within bounds. The fields are the `scalars` and those that are `nested`. `unknown_fields` says what becomes of names
    that the contract does not have. `rules` are those over several fields. `former_names` lead to the fields that had
    them, `backfills` are the values of records that lack a field, and `deprecated` fields are accepted, and counted
    where nothing fills them in.
    """

    entity: str
    version: str
    key: tuple[str, ...]
    partition_field: str
    version_field: str
    fields: Mapping[str, FieldRule]
    validator: jsonschema_rs.Draft202012Validator
    indexes: Mapping[str, Index]
    future_skew: timedelta = DEFAULT_FUTURE_SKEW
    precondition_required: bool = False
    tie_breakers: tuple[TieBreaker, ...] = ()
    personal: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    aligned: tuple[FieldRule, ...] = ()
    bounded: tuple[FieldRule, ...] = ()
    scalars: Mapping[str, FieldRule] = field(default_factory=dict[str, FieldRule])
    nested: Mapping[str, FieldRule] = field(default_factory=dict[str, FieldRule])
    unknown_fields: UnknownFields = "refuse"
    rules: tuple[RecordRule, ...] = ()
    former_names: Mapping[str, str] = field(default_factory=dict[str, str])
    backfills: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    deprecated: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "EntitySchema":
        """Raise ConfigurationError when the document is not one that the contracts render."""
        try:
            fields = {name: FieldRule.parse(name, rules) for name, rules in document["fields"].items()}
            essential = dict.fromkeys((*document["key"], document["version_field"]))
            types = {name: rule.type for name, rule in fields.items()}
            needed = [name for name, rule in fields.items() if rule.required]
            return cls(
                entity=document["entity"],
                version=document["version"],
                key=tuple(document["key"]),
                partition_field=document["partition_field"],
                version_field=document["version_field"],
                fields=fields,
                validator=jsonschema_rs.Draft202012Validator(document["json_schema"]),
                indexes={index["field"]: Index.parse(index) for index in document.get("indexes", ())},
                future_skew=_seconds(document.get("future_skew_seconds"), DEFAULT_FUTURE_SKEW),
                precondition_required=document.get("precondition_required", False),
                tie_breakers=tuple(TieBreaker.parse(item) for item in document.get("tie_breakers", ())),
                personal=tuple(sorted(name for name, rule in fields.items() if rule.personal)),
                essential=tuple(essential),
                needed=tuple(dict.fromkeys((*needed, *essential, document["partition_field"]))),
                aligned=tuple(rule for rule in fields.values() if rule.is_aligned),
                bounded=tuple(rule for rule in fields.values() if rule.is_bounded),
                scalars={name: rule for name, rule in fields.items() if not rule.is_nested},
                nested={name: rule for name, rule in fields.items() if rule.is_nested},
                unknown_fields=document.get("unknown_fields", "refuse"),
                rules=tuple(RecordRule.parse(rule, types) for rule in document.get("rules", ())),
                former_names={former: name for name, rule in fields.items() for former in rule.former_names},
                backfills={name: rule.backfill for name, rule in fields.items() if rule.backfill is not None},
                deprecated=frozenset(
                    name for name, rule in fields.items() if rule.deprecated and rule.backfill is None
                ),
            )
        except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
            raise ConfigurationError(f"a registry document cannot be used: {error!r}") from error

    def erased_by(self, record: Record) -> frozenset[str]:
        """The personal fields that a whole record does not have, and so takes away from what is stored."""
        return frozenset([name for name in self.personal if name not in record])

    @property
    def identity(self) -> tuple[str, ...]:
        """The fields that say where a record lies in the lake: its key, and its partition field."""
        return tuple(dict.fromkeys((*self.key, self.partition_field)))

    def version_of(self, record: Record) -> str:
        """The record's version as a text that sorts."""
        return self.version_text(record[self.version_field])

    def rank_of(self, record: Record) -> Rank:
        """The record's rank among those of its version: equal for all of them where the contract breaks no ties."""
        return rank(self.tie_breakers, record)

    @staticmethod
    def version_text(value: Scalar) -> str:
        return value if isinstance(value, str) else f"{value:0{_VERSION_DIGITS}d}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _seconds(number: int | None, default: timedelta) -> timedelta:
    return default if number is None else timedelta(seconds=number)
