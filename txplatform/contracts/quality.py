"""Holds what a contract asks of data beyond the rules of single fields, as immutable values."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

RuleKind = Literal["sum", "order", "present", "compare"]
RECORD_RULE = "record."  # begins the name of a broken rule over several fields, as reasons show it


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A rule over several fields of one record; it holds where a field that it compares is absent.

    `fields` are, of a `sum`, the total and its terms; of an `order`, times of which none is before those listed
    earlier; of `present`, the field that decides by one of `values`, and the one that must be there then; of `compare`,
    the two sides of `operator`. `subject` is the field at which a broken rule is reported, `text` what it requires.
    """

    name: str
    kind: RuleKind
    fields: tuple[str, ...]
    values: tuple[str, ...] = ()
    operator: str = ""

    @property
    def rule(self) -> str:
        """Return the name of the rule in reasons."""
        return f"{RECORD_RULE}{self.name}"

    @property
    def subject(self) -> str:
        return self.fields[{"sum": 0, "order": -1, "present": 1, "compare": 0}[self.kind]]

    @property
    def text(self) -> str:
        first, *others = self.fields
        match self.kind:
            case "sum":
                return f"must be the sum of {' + '.join(others)}"
            case "order":
                return f"must be in the order of times {' <= '.join(self.fields)}"
            case "present":
                return f"must be present where {first} is {' or '.join(self.values)}"
            case "compare":
                return f"must be {self.operator} {others[0]}"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many refused rows are borne: so many, or such a share of all; None where there is no such limit."""

    rows: int | None = None
    ratio: Decimal | None = None

    def exceeded(self, refused: int, records: int) -> bool:
        """Say whether so many refused rows among so many records are too many."""
        too_many = self.rows is not None and refused > self.rows
        return too_many or (self.ratio is not None and refused > self.ratio * records)

    def __str__(self) -> str:
        parts = [] if self.rows is None else [f"{self.rows} rows"]
        parts += [] if self.ratio is None else [f"{self.ratio * 100:f}".rstrip("0").rstrip(".") + "% of the rows"]
        return " and ".join(parts)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a measured number must be: an ODCS operator such as `mustBe`, and its one or two numbers."""

    operator: str
    numbers: tuple[Decimal, ...]

    def holds(self, value: Decimal) -> bool:
        first, last = self.numbers[0], self.numbers[-1]
        return {
            "mustBe": value == first,
            "mustNotBe": value != first,
            "mustBeGreaterThan": value > first,
            "mustBeGreaterOrEqualTo": value >= first,
            "mustBeLessThan": value < first,
            "mustBeLessOrEqualTo": value <= first,
            "mustBeBetween": first <= value <= last,
            "mustNotBeBetween": not first <= value <= last,
        }[self.operator]

    def __str__(self) -> str:
        return f"{self.operator} {' and '.join(f'{number:f}' for number in self.numbers)}"


@dataclass(frozen=True, slots=True)
class SqlCheck:
    """A query over the current view that yields one number, and what that must be: all of `bounds` hold of it."""

    name: str
    query: str
    bounds: tuple[Bound, ...]
    description: str
    severity: Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A field whose values are those of a field of another entity. Nothing is refused for it; absences are counted."""

    field: str
    entity: str
    target: str


@dataclass(frozen=True, slots=True)
class Quality:
    """What a contract asks of its data. Without anything said, no record, file or day fails as a whole.

    `file_limit` and `day_limit` are the error budget. `least_redelivery` is the share of a day's live rows that a
    delivery of the day must hold to replace them. With `unique_keys`, a file has no two rows of one key.
    """

    rules: tuple[RecordRule, ...] = ()
    file_limit: Limit = Limit()
    day_limit: Limit = Limit()
    least_redelivery: Decimal | None = None
    unique_keys: bool = False
    sql_checks: tuple[SqlCheck, ...] = ()
    references: tuple[Reference, ...] = ()
