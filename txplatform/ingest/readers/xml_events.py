"""An XML document as a flow of events, in memory that does not grow with it. Names come without their namespace."""

from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple
from xml.parsers import expat

from txplatform.ingest.batch import RejectedError

_CHUNK = 1 << 16


class Event(NamedTuple):
    """An element that begins (it has `attributes`) or ends; without a `name` it is text."""

    name: str
    attributes: Mapping[str, str] | None = None
    text: str = ""


def xml_events(stream: IO[bytes]) -> Iterator[Event]:
    """The events of a document; raise RejectedError for one that is damaged, or defines entities."""
    found: list[Event] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: found.append(Event(_local(name), _all_local(attributes)))
    parser.EndElementHandler = lambda name: found.append(Event(_local(name)))
    parser.CharacterDataHandler = lambda text: found.append(Event("", None, text))
    parser.StartDoctypeDeclHandler = _refuse
    try:
        more = True
        while more:
            chunk = stream.read(_CHUNK)
            more = bool(chunk)
            parser.Parse(chunk, not more)
            yield from found
            found.clear()
    except expat.ExpatError as error:
        raise RejectedError("file.unreadable", f"the XML in the workbook is damaged: {error}") from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _all_local(attributes: Mapping[str, str]) -> Mapping[str, str]:
    return {_local(name): value for name, value in attributes.items()}


def _refuse(*_: object) -> None:
    raise RejectedError("file.unreadable", "the XML in the workbook declares a document type, which Excel does not")
