"""What a visual shows: columns and measures of the model, as projections of PBIR.

https://developer.microsoft.com/json-schemas/fabric/item/report/definition/semanticQuery/1.3.0/schema.json
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Shown:
    """A column or measure of a table, and what it is called."""

    kind: Literal["Column", "Measure"]
    table: str
    name: str
    title: str

    @property
    def field(self) -> dict[str, Any]:
        """The reference to it."""
        return {self.kind: {"Expression": {"SourceRef": {"Entity": self.table}}, "Property": self.name}}

    @property
    def projection(self) -> dict[str, Any]:
        """It as a part of a visual's query."""
        reference = {"field": self.field, "queryRef": f"{self.table}.{self.name}", "nativeQueryRef": self.name}
        return {**reference, "displayName": self.title}


def query(roles: dict[str, Sequence[Shown]]) -> dict[str, Any]:
    """The query of a visual: what it shows in which of its roles, those that are empty left out."""
    return {
        "queryState": {
            role: {"projections": [shown.projection for shown in fields]} for role, fields in roles.items() if fields
        }
    }
