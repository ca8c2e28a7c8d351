"""Who wrote an item, in which call, on behalf of what: it lies beside the record, and goes with it into the lake."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.shared.caller import is_caller_text
from lambdas.shared.correlation import accepted
from lambdas.shared.items import REQUEST_ID, TRACE_ID, WRITTEN_BY, Attributes


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of a write. `written_by` is the caller's text; `request_id` is the gateway's, as in its log."""

    trace_id: str | None
    written_by: str | None = None
    request_id: str | None = None

    def attributes(self) -> dict[str, Mapping[str, str]]:
        """The attributes of an item that say so."""
        values = {TRACE_ID: self.trace_id, WRITTEN_BY: self.written_by, REQUEST_ID: self.request_id}
        return {name: {"S": value} for name, value in values.items() if value}


def provenance_of(item: Attributes) -> Provenance:
    """What an item says of the write that left it, as far as that is acceptable: it may be written past the API."""
    written_by = _text(item, WRITTEN_BY)
    return Provenance(
        accepted(_text(item, TRACE_ID)),
        written_by if written_by and is_caller_text(written_by) else None,
        accepted(_text(item, REQUEST_ID)),
    )


def _text(item: Attributes, name: str) -> str | None:
    attribute = item.get(name)
    text = attribute.get("S") if isinstance(attribute, Mapping) else None
    return text if isinstance(text, str) else None
