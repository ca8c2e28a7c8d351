"""The items of a list in a JSON document: of the list that is the document, or of one that names lead to."""

from collections.abc import Iterator, Sequence

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.json_stream import JsonStream


def list_items(stream: JsonStream, path: Sequence[str] = ()) -> Iterator[tuple[int, str]]:
    """The number, from 1, and text of each item of the list, which is an item itself where it is an object.

    Raise RejectedError where the document is damaged, or has no list under this path, or two.
    """
    if stream.at_end():
        raise RejectedError("file.empty", "the file is empty")
    yield from _at(stream, path, "")
    if not stream.at_end():
        raise RejectedError(
            "file.unreadable", f"the JSON document ends before line {stream.line()}, where more follows"
        )


def _at(stream: JsonStream, path: Sequence[str], above: str) -> Iterator[tuple[int, str]]:
    if not path:
        yield from _items(stream, above)
        return
    if not stream.next_is("{"):
        raise RejectedError("file.records_path", f"'{above or '/'}' is no object, so it holds no '{path[0]}'")
    found = 0
    more = not stream.next_is("}")
    while more:
        name = stream.name()
        stream.need(":")
        if name == path[0]:
            found += 1
            yield from _at(stream, path[1:], f"{above}/{name}")
        else:
            stream.value()
        more = stream.next_is(",")
        if not more:
            stream.need("}")
    if found != 1:
        problem = f"'{above or '/'}' holds '{path[0]}' {found} times, where the records are expected once"
        raise RejectedError("file.records_path", problem)


def _items(stream: JsonStream, above: str) -> Iterator[tuple[int, str]]:
    """The items of a list; an object, which stands alone where a list would have one item."""
    row = 1
    if not stream.next_is("["):
        value = stream.value()
        if not above or not value.startswith("{"):
            raise RejectedError("file.records_path", f"'{above or '/'}' is no list of records")
        yield row, value
        return
    more = not stream.next_is("]")
    while more:
        yield row, stream.value()
        row += 1
        more = stream.next_is(",")
        if not more:
            stream.need("]")
