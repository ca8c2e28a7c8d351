"""The list route: pages of records that are bounded in number, in bytes and in reads, whatever the items hold.

An item that does not fit its contract takes no page with it: the page carries the others and names its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Protocol

from lambdas.data_api.core import Request
from lambdas.data_api.cursors import Cursors
from lambdas.data_api.errors import InvalidQueryError
from lambdas.data_api.personal import PersonalScope
from lambdas.data_api.positions import Position, position_of
from lambdas.data_api.problem import Answer
from lambdas.data_api.queries import ListQuery, Lookup, asked_fields, parse_query
from lambdas.shared.errors import DecodeError, Violation
from lambdas.shared.items import KEY, Attributes, decode_record, is_tombstone
from lambdas.shared.jsonio import dumps
from lambdas.shared.logging import logger
from lambdas.shared.record_key import shown_key
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema, Record

log = logger("data_api")

MAX_READS_PER_PAGE = 10
# Of the answer as Lambda carries it, which may have 6 MB. An item of DynamoDB's 400 KB takes 2.9 of them at worst.
MAX_PAGE_BYTES = 4_000_000
_MAX_REASON = 200


class Pages(Protocol):
    """What a list needs of the store."""

    def read(
        self, schema: EntitySchema, lookup: Lookup | None, limit: int, after: Position | None
    ) -> tuple[Sequence[Attributes], Position | None]: ...


@dataclass(slots=True)
class _Page:
    """A page while it fills."""

    personal: PersonalScope
    items: list[Record] = field(default_factory=list[Record])
    undecodable: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    after: Position | None = None
    _bytes: int = 0

    @property
    def count(self) -> int:
        return len(self.items) + len(self.undecodable)

    def take(self, schema: EntitySchema, query: ListQuery, item: Attributes) -> bool:
        """Add what a list shows of an item; False where that does not fit any more."""
        if is_tombstone(item):
            return True
        try:
            record = _decode(schema, item)
        except DecodeError as error:
            entry = {"key": item[KEY]["S"], "reason": str(error)[:_MAX_REASON]}
            return self._has_room_for(entry) and not self.undecodable.append(entry)
        record = self.personal.shown(record)
        shown = {name: record[name] for name in query.fields if name in record} if query.fields else record
        return self._has_room_for(shown) and not self.items.append(shown)

    def _has_room_for(self, entry: Record) -> bool:
        text = dumps(entry)
        size = len(text) + text.count('"') + text.count("\\") + 1  # the body is a text in the answer's JSON
        if self.count and self._bytes + size > MAX_PAGE_BYTES:
            return False
        self._bytes += size
        return True


class Listing:
    """The route over a store."""

    ACTION: ClassVar = "GET"

    def __init__(self, pages: Pages, cursors: Cursors) -> None:
        self._pages = pages
        self._cursors = cursors

    def answer(self, current: CurrentSchema, request: Request) -> Answer:
        """A page of records. What does not fit the kept schema is tried again with the one published meanwhile."""
        schema = current.schema
        try:
            personal = PersonalScope.of(schema, request)
            personal.check_asked(asked_fields(schema, request.query, request.headers))
            query = parse_query(schema, request.query, request.headers)
            page = self._page(schema, query, personal)
            if not page.undecodable or current.newer_than(schema) is None:
                return self._as_answer(schema, query, page)
        except InvalidQueryError:
            if current.newer_than(schema) is None:
                raise
        return self.answer(current, request)

    def _page(self, schema: EntitySchema, query: ListQuery, personal: PersonalScope) -> _Page:
        page = _Page(personal, after=self._start(schema, query))
        if query.lookup is not None and query.lookup.is_empty:
            return _Page(personal)
        for _ in range(MAX_READS_PER_PAGE):
            items, after = self._pages.read(schema, query.lookup, query.size - page.count, page.after)
            for item in items:
                if not page.take(schema, query, item):
                    return page
                page.after = position_of(item, query.lookup)
            page.after = after
            if after is None or page.count == query.size:
                break
        return page

    def _start(self, schema: EntitySchema, query: ListQuery) -> Position | None:
        if query.cursor is None:
            return None
        position = self._cursors.read(schema.entity, query.identity, query.cursor)
        if position is None:
            broken = Violation("cursor", "cursor", "is not one that this list gave")
            raise InvalidQueryError([broken], schema.indexes.values())
        return position

    def _as_answer(self, schema: EntitySchema, query: ListQuery, page: _Page) -> Answer:
        body: dict[str, Any] = {"items": page.items, "next": None}
        if page.after is not None:
            body["next"] = self._cursors.write(schema.entity, query.identity, page.after)
        if page.undecodable:
            body["undecodable"] = page.undecodable
            items = [{**entry, "key": shown_key(schema, entry["key"])} for entry in page.undecodable]
            log.error("items do not fit their contract", extra={"entity": schema.entity, "items": items})
        return Answer(HTTPStatus.OK, body, {} if query.fields else page.personal.headers)


def _decode(schema: EntitySchema, item: Attributes) -> Record:
    """The record of an item; raise DecodeError also where a field is missing that the contract promises."""
    record = decode_record(schema, item)
    for name, rule in schema.fields.items():
        if rule.required and name not in record:
            raise DecodeError(f"{schema.entity} {schema.version} requires field {name!r}")
    return record
