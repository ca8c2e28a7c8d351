"""Holds what the file of a source system says, as immutable values that depend on no rendering."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from txplatform.contracts.model import UTF_8, FileRules

Operation = Literal["upsert", "patch", "delete"]


class Envelope(StrEnum):
    """What may be around a payload, and is taken off before it is mapped."""

    SNS = "sns"
    EVENTBRIDGE = "eventbridge"
    CLOUDEVENTS = "cloudevents"
    ARRAY = "array"
    GZIP = "gzip"
    FIX = "fix"


class SignatureScheme(StrEnum):
    """How a system signs what it posts to the webhook door."""

    STRIPE = "stripe"
    HMAC_SHA256 = "hmac_sha256"


@dataclass(frozen=True, slots=True)
class Webhook:
    """How the door checks what the system posts: scheme, header, and how the signature is written in it.

    `tolerance` is how old a signed time may be, in seconds; None where the scheme signs none.
    """

    scheme: SignatureScheme
    header: str
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    tolerance: int | None = None


@dataclass(frozen=True, slots=True)
class Transform:
    """One step of a value, by its name and arguments as the file has them."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ValueMapping:
    """Where a value comes from: the first of `sources` that is not null, or a constant; then transforms in order.

    With `members`, an object of these is made of it, or of each object of a list.
    """

    sources: tuple[str, ...] = ()
    constant: str | int | bool | None = None
    transforms: tuple[Transform, ...] = ()
    members: Mapping[str, "ValueMapping"] = field(default_factory=dict[str, "ValueMapping"])


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """Which records of one entity a payload yields.

    It applies to payloads for which `when` is true. `over` are the steps that lead to the objects or lists of objects
    that become records. `operation` is a constant, or a value that says it. `nulled` are the names of
    what became empty.
    """

    name: str
    entity: str
    fields: Mapping[str, ValueMapping]
    operation: Operation | ValueMapping = "upsert"
    when: str | None = None
    over: tuple[str, ...] = ()
    nulled: str | None = None


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """Payloads that yield nothing on purpose; they are counted under `reason`."""

    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefuseRule:
    """Payloads that no record can be made of: refused under `reason`, with what to do."""

    when: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class FileLayout:
    """What files of these names hold beside their rows.

    A name is that of a file without folder and endings; its parts in braces, and `constants`, become columns of every
    record. `columns` are those of a CSV file without a header; where there are none, the file has one.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class SourceSystem:
    """One source system. `match` is true for its payloads; None where its queue alone says whose they are."""

    name: str
    version: str
    description: str
    records: tuple[RecordMapping, ...]
    ignore: tuple[IgnoreRule, ...]
    path: Path
    match: str | None = None
    envelopes: tuple[Envelope, ...] = ()
    webhook: Webhook | None = None
    refuse: tuple[RefuseRule, ...] = ()
    files: FileRules = UTF_8
    layouts: tuple[FileLayout, ...] = ()
