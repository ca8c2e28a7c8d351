"""Lists of records: how one is asked for, and its pages as they are consumed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, cast
from urllib.parse import quote, urlencode

from txplatform.client.values import KeyValue, Typing, text_of

Fetch = Callable[["Query", str | None], tuple[dict[str, Any], tuple[str, ...]]]
"""Gets the page that begins at a cursor, or the first one, and the names of the fields that are left out of it."""

Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Query:
    """Which records, in which order, with which fields; the page size is the API's own where none is named.

    `where` holds an indexed field, and bounds such as `created_at.gte`. The values of `personal` travel in headers,
    since addresses stand in logs.
    """

    where: Mapping[str, KeyValue]
    personal: Mapping[str, KeyValue]
    order: Order | None
    fields: tuple[str, ...]
    page_size: int | None

    def headers(self) -> dict[str, str]:
        """Return the headers of every page."""
        named = {f"x-query-{name.replace('_', '-')}": text_of(value) for name, value in self.personal.items()}
        return {name: quote(value, safe="") for name, value in named.items()}

    def parameters(self, cursor: str | None) -> str:
        """Return the query string of the page that begins at a cursor, or of the first one."""
        options = {"order": self.order, "fields": ",".join(self.fields), "limit": self.page_size, "cursor": cursor}
        named = {name: text_of(value) for name, value in self.where.items()}
        given = named | {name: str(value) for name, value in options.items() if value}
        return f"?{urlencode(given)}" if given else ""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A stored item that does not fit the contract, as after a write past the API, and so is no record of the list."""

    key: str
    reason: str


class RecordList(Iterator[dict[str, Any]]):
    """Iterates over records and fetches each page when it comes to it.

    Of the pages fetched so far, `undecodable` holds the stored items that are no records, and `masked` names the
    personal fields that are left out because the client lacks their scope; "*" stands for all of them.
    """

    def __init__(self, fetch: Fetch, query: Query, typing: Typing) -> None:
        self.undecodable: list[Undecodable] = []
        self.masked: tuple[str, ...] = ()
        self._fetch = fetch
        self._query = query
        self._typing = typing
        self._records = self._pages()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        return next(self._records)

    def _pages(self) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            page, masked = self._fetch(self._query, cursor)
            self.masked = tuple(dict.fromkeys((*self.masked, *masked)))
            misfits = cast("Iterable[dict[str, Any]]", page.get("undecodable", ()))
            self.undecodable += [Undecodable(str(item["key"]), str(item["reason"])) for item in misfits]
            yield from (self._typing.record(record) for record in page["items"])
            cursor = page.get("next")
            if cursor is None:
                return
