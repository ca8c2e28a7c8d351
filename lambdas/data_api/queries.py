"""What a list is asked for: its parameters, read and validated.

A list is of all records, or of those that an index looks up. Whatever is not indexed is refused, never read through.
Values of personal fields come in headers, because URLs stand in the logs and histories of whoever they pass.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import unquote

from lambdas.data_api.errors import InvalidQueryError
from lambdas.data_api.url_values import typed
from lambdas.shared.canonical import canonical_value
from lambdas.shared.errors import Violation
from lambdas.shared.schema import EntitySchema, Index, Scalar
from lambdas.shared.timestamps import timestamp_text
from lambdas.shared.validation import check_value

MAX_PAGE = 100
_HEADER_PREFIX = "x-query-"
DEFAULT_PAGE = 50

_PLAIN = ("limit", "cursor", "order", "fields")
_ORDERS = {"asc": False, "desc": True}
_OPERATORS = ("gte", "gt", "lte", "lt")
_MAX_VIOLATIONS = 20
_BEFORE_ALL, _AFTER_ALL = "0", "9999-12-31~"  # of the texts of all days and moments


@dataclass(frozen=True, slots=True)
class Lookup:
    """The records with one value of an index's field, between two times: canonical texts, both inclusive."""

    index: Index
    value: Scalar
    earliest: str | None = None
    latest: str | None = None
    descending: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no record can be between the times; DynamoDB refuses such a condition."""
        return self.earliest is not None and self.latest is not None and self.earliest > self.latest


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list as it was asked for. `fields` are those to show, all of them where it is empty."""

    size: int
    cursor: str | None = None
    fields: tuple[str, ...] = ()
    lookup: Lookup | None = None

    @property
    def identity(self) -> list[Scalar | None]:
        """What a cursor is bound to: which records in which order, not how many of them or which fields."""
        lookup = self.lookup
        if lookup is None:
            return []
        return [lookup.index.name, lookup.value, lookup.earliest, lookup.latest, lookup.descending]


def parse_query(
    schema: EntitySchema, parameters: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> ListQuery:
    """Read the parameters of a list; raise InvalidQueryError with everything that is wrong with them.

    Of the `headers` those count that begin with `x-query-`; their values are percent-encoded UTF-8.
    """
    asking = {name: text for name, text in (headers or {}).items() if name.startswith(_HEADER_PREFIX)}
    return _Reader(schema, parameters, asking).query()


def asked_fields(schema: EntitySchema, parameters: Mapping[str, str], headers: Mapping[str, str]) -> set[str]:
    """The fields that a list is to show by name, or by whose values records are asked for."""
    by_header = {field for field in schema.indexes if query_header(field) in headers}
    return {*parameters.get("fields", "").split(","), *(name.partition(".")[0] for name in parameters)} | by_header


def query_header(field: str) -> str:
    """The header in which the value of a personal field is asked for; proxies drop headers with underscores."""
    return _HEADER_PREFIX + field.replace("_", "-")


class _Reader:
    """Reads the parameters one by one and keeps every violation."""

    def __init__(self, schema: EntitySchema, parameters: Mapping[str, str], headers: Mapping[str, str]) -> None:
        self._schema = schema
        self._parameters = parameters
        self._headers = headers
        self._violations: list[Violation] = []
        personal = [name for name in schema.indexes if schema.fields[name].personal]
        self._header_of = {name: query_header(name) for name in personal}

    def query(self) -> ListQuery:
        self._refuse_unknown()
        query = ListQuery(self._size(), self._parameters.get("cursor") or None, self._fields(), self._lookup())
        if self._violations:
            raise InvalidQueryError(self._violations[:_MAX_VIOLATIONS], self._schema.indexes.values())
        return query

    def _broken(self, parameter: str, rule: str, message: str) -> None:
        name = parameter[:100].encode("ascii", "backslashreplace").decode("ascii")
        self._violations.append(Violation(name, rule, message))

    def _refuse_unknown(self) -> None:
        indexes = self._schema.indexes.values()
        for name in self._headers.keys() - self._header_of.values():
            self._broken(name, "unknown_parameter", "is not a header that asks for records of this list")
        for name in self._header_of.keys() & self._parameters.keys():
            self._broken(name, "personal", f"is personal, and must stand in the header {self._header_of[name]}")
        times = {f"{index.sorted_by}.{operator}" for index in indexes for operator in _OPERATORS}
        for name in self._parameters.keys() - self._schema.indexes.keys() - times - set(_PLAIN):
            if name.partition(".")[0] in self._schema.fields:
                self._broken(name, "not_indexed", "is not what records can be looked up by")
            else:
                self._broken(name, "unknown_parameter", "is not a parameter of this list")

    def _size(self) -> int:
        text = self._parameters.get("limit", str(DEFAULT_PAGE))
        if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_PAGE:
            return int(text)
        self._broken("limit", "range", f"must be a number from 1 to {MAX_PAGE}")
        return DEFAULT_PAGE

    def _fields(self) -> tuple[str, ...]:
        text = self._parameters.get("fields")
        if text is None:
            return ()
        names = tuple(dict.fromkeys(text.split(",")))
        if not set(names) <= self._schema.fields.keys():
            self._broken("fields", "unknown_field", "must be names of fields with commas between them")
        return names

    def _lookup(self) -> Lookup | None:
        given = self._given()
        named = list(given)
        for name in named[1:]:
            self._broken(name, "one_index", f"cannot be combined with {named[0]}")
        index = self._schema.indexes[named[0]] if named else None
        descending = self._descending(index)
        bounds = {name: self._bound(name, index) for name in sorted(self._parameters) if self._is_time(name)}
        if index is None:
            return None
        return Lookup(
            index,
            self._value(index.field, index.field, given[index.field]),
            max(_texts(bounds, ".gte", ".gt"), default=None),
            min(_texts(bounds, ".lte", ".lt"), default=None),
            descending,
        )

    def _given(self) -> dict[str, str]:
        """The values that records are looked up by, by field; more than one is too many."""
        sources = {
            name: (self._headers, self._header_of[name]) if name in self._header_of else (self._parameters, name)
            for name in self._schema.indexes
        }
        given = {name: source[key] for name, (source, key) in sources.items() if key in source}
        return {
            name: unquote(text, errors="surrogateescape") if name in self._header_of else text
            for name, text in given.items()
        }

    def _is_time(self, name: str) -> bool:
        field, _, operator = name.partition(".")
        return operator in _OPERATORS and any(index.sorted_by == field for index in self._schema.indexes.values())

    def _descending(self, index: Index | None) -> bool:
        order = self._parameters.get("order")
        if order is None:
            return False
        if index is None:
            self._broken("order", "needs_field", "sorts what an indexed field looks up, and no such field is given")
        elif order not in _ORDERS:
            self._broken("order", "enum", f"must be {' or '.join(_ORDERS)}")
        return _ORDERS.get(order, False)

    def _bound(self, parameter: str, index: Index | None) -> str | None:
        """The inclusive bound that a parameter such as `created_at.lt` sets."""
        field, _, operator = parameter.partition(".")
        if index is None:
            self._broken(parameter, "needs_field", "bounds what an indexed field looks up, and no such field is given")
            return None
        if index.sorted_by != field:
            self._broken(parameter, "not_indexed", f"what {index.field} looks up is sorted by {index.sorted_by}")
            return None
        rule = self._schema.fields[field]
        value = canonical_value(rule, typed(rule, self._parameters[parameter]))  # beyond the field's bounds too
        if isinstance(value, Violation):
            self._broken(parameter, value.rule, value.message)
            return None
        is_date = rule.type == "date"
        return _stepped(str(value), is_date, {"gt": 1, "lt": -1}.get(operator, 0))

    def _value(self, parameter: str, field: str, text: str) -> Scalar:
        value, violations = check_value(self._schema, field, typed(self._schema.fields[field], text))
        for violation in violations:
            self._broken(parameter, violation.rule, violation.message)
        return value


def _texts(bounds: Mapping[str, str | None], *operators: str) -> Iterable[str]:
    return [text for name, text in bounds.items() if text is not None and name.endswith(operators)]


def _stepped(text: str, is_date: bool, steps: int) -> str:
    """The day or moment that is so many of its smallest steps away; beyond the calendar, a text beyond all others."""
    if not steps:
        return text
    try:
        if is_date:
            return (date.fromisoformat(text) + timedelta(days=steps)).isoformat()
        return timestamp_text(datetime.fromisoformat(text) + timedelta(microseconds=steps))
    except OverflowError:
        return _AFTER_ALL if steps > 0 else _BEFORE_ALL
