"""A file that is odd in one way, and what a careful person would want of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from txplatform.contracts.model import TextConventions

FIELDS = (
    "payment_id",
    "customer_id",
    "merchant_id",
    "amount",
    "currency",
    "status",
    "method",
    "created_at",
    "updated_at",
)
HEADER = ",".join(FIELDS)
MOMENT = "2026-01-01T00:00:00Z"
VALUES = ("c1", "m1", "12.30", "EUR", "captured", "card", MOMENT, MOMENT)


@dataclass(frozen=True, slots=True)
class Odd:
    """A file: `rows` are the keys that are accepted, `refused` the rules by the line they are in.

    `whole` is the rule by which the file is refused as one. An `ignored` one is not read. `policy` is the contract's
    `unknownFields`, `texts` what it declares of the texts of a field.
    """

    id: str
    name: str
    data: bytes | str
    rows: tuple[str, ...] = ()
    refused: Mapping[int, str] = field(default_factory=dict[int, str])
    whole: str | None = None
    ignored: bool = False
    policy: str = "refuse"
    unknown: Mapping[str, int] = field(default_factory=dict[str, int])
    texts: Mapping[str, TextConventions] = field(default_factory=dict[str, TextConventions])

    @property
    def content(self) -> bytes:
        return self.data.encode() if isinstance(self.data, str) else self.data


def line(key: str, *more: str, **changes: str) -> str:
    """A line of CSV for a payment with some values changed and others behind."""
    record = dict(zip(FIELDS, (key, *VALUES), strict=True)) | changes
    return ",".join((*record.values(), *more))


def table(*lines: str, header: str = HEADER, end: str = "\n") -> str:
    """A file of a header and these lines, each with a line feed."""
    return "".join(f"{item}{end}" for item in (header, *lines))


def record(key: str, **changes: Any) -> dict[str, Any]:
    """A payment as a JSON record."""
    return dict(zip(FIELDS, (key, *VALUES), strict=True)) | changes


def lines(*records: Any) -> str:
    """JSON lines; what is a text already is taken as a line."""
    return "".join(f"{item if isinstance(item, str) else json.dumps(item)}\n" for item in records)
