"""The shared corpus: values for fields of each kind, with what becomes of them in JSON and in delimited text.

A case of corpus.jsonl has the `field`, the value as `json` text, what `typed` sources have of it, which are the data
API, the queue, JSON and Parquet files, and what delimited `text` has of the same value as a cell. An outcome is the
canonical value, null where there is none, or the list of all reasons.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from txplatform.contracts.model import Alignment, Contract, Field, FieldType
from txplatform_tests.samples.nested import purchases

_FILE = Path(__file__).parent / "corpus.jsonl"
_LINE = Field("element", FieldType.DECIMAL, "Share", precision=9, scale=2)
FIELDS = (
    Field("word", FieldType.STRING, "A text"),
    Field("count", FieldType.INTEGER, "A whole number"),
    Field("money", FieldType.DECIMAL, "A decimal", precision=9, scale=2),
    Field("flag", FieldType.BOOLEAN, "A boolean"),
    Field("day", FieldType.DATE, "A day"),
    Field("moment", FieldType.TIMESTAMP, "A moment"),
    Field("seen", FieldType.TIMESTAMP, "Seconds", alignment=Alignment(epoch="seconds")),
    Field("ticked", FieldType.TIMESTAMP, "Milliseconds", alignment=Alignment(epoch="milliseconds")),
    Field("grade", FieldType.STRING, "Respelt", alignment=Alignment(values={"1": "one", "true": "yes", "A": "b"})),
    Field("currency", FieldType.STRING, "Folded", alignment=Alignment(case="upper", values={"TRUE": "T", "X": "EUR"})),
    Field("yes", FieldType.BOOLEAN, "Respelt", alignment=Alignment(values={"Y": "true", "0": "false", "q": "maybe"})),
    Field("rank", FieldType.INTEGER, "Respelt", alignment=Alignment(values={"high": "1", "1.5": "2", "q": "x"})),
    Field("shares", FieldType.ARRAY, "A list", element=_LINE, max_items=3),
    Field("sizes", FieldType.MAP, "A map", element=Field("element", FieldType.INTEGER, "Size"), max_items=3),
    Field(
        "box",
        FieldType.OBJECT,
        "An object",
        fields=(
            Field("label", FieldType.STRING, "", required=True),
            Field("open", FieldType.BOOLEAN, ""),
            Field("at", FieldType.TIMESTAMP, ""),
            Field("size", FieldType.INTEGER, ""),
        ),
    ),
    Field("extra", FieldType.JSON, "JSON"),
)


NOT_HELD = object()
REQUIRED = {"purchase_id": "p", "placed_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"}


class Written(str):
    """A number as it is written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One value for one field. A value that delimited text cannot hold has no outcome there."""

    field: str
    json: str
    typed: Any
    text: Any = NOT_HELD

    @property
    def value(self) -> Any:
        """The value, with numbers as they are written."""
        return json.loads(self.json, parse_float=Written, parse_int=Written)

    @property
    def cell(self) -> str:
        """The value as a cell of delimited text."""
        value = self.value
        return "" if value is None else value if isinstance(value, str) else self.json


def contract() -> Contract:
    """A contract with the fields of the corpus."""
    base = purchases()
    kept = (field for field in base.fields if field.name in REQUIRED)
    return replace(base, fields=(*kept, *FIELDS), unknown_fields="refuse")


def cases() -> list[Case]:
    """All cases, in order."""
    return [Case(**json.loads(line)) for line in _FILE.read_text().splitlines()]
