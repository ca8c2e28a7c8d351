"""What a mapping is over columns: tests, and the vectors of records, for one entity and one set of columns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from txplatform.contracts.mapping.model import ValueMapping
from txplatform.ingest.mapping.inputs import Input
from txplatform.ingest.mapping.terms import Path
from txplatform.ingest.mapping.vectors import Kind, Test, Vector


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that the row engine evaluates once for each distinct input; its tokens become the column `name`."""

    name: str
    value: ValueMapping
    inputs: list[Input]
    vectors: list[Vector]

    @property
    def vector(self) -> Vector:
        """The tokens, and where the engine gave one."""
        return Vector(pl.col(self.name), Kind.TOKEN, pl.col(f"{self.name} sound"))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a record, each a vector, and the values that are computed first."""

    vectors: Mapping[str, Vector]
    computed: Collection[Computed]


@dataclass(frozen=True, slots=True)
class Over:
    """A step that leads to the item of a record or, where a list stands there, to one item each, of level `level`."""

    token: Vector
    level: int
    of_object: "Fields | Over"
    of_list: "Fields | Over | None"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where it applies, and what it yields; None for records that no row can be, or of another entity."""

    entity: str
    when: Test
    records: "Fields | Over | None"
    other: Test | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All rules of a system. `used` are the paths that they read; `by_row` what only whole payloads decide."""

    match: Test
    ignore: Mapping[str, Test]
    refuse: Collection[Test]
    rules: Collection[Rule]
    computed: Collection[Computed]
    used: Collection[Path]
    by_row: Collection[str]
