"""Values of a record by their types: as the API writes them, and as Python computes with them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from txplatform.client import jsontext
from txplatform.client.readers import reader_of
from txplatform.contracts.model import Contract

Record = Mapping[str, Any]
KeyValue = str | int | bool | date | Decimal
Key = KeyValue | tuple[KeyValue, ...]
"""The value of the key field, or a tuple of them; the client escapes them."""

# `?` too: an HTTP API cuts the path at a decoded question mark.
_ESCAPED = str.maketrans({"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"})


class Typing:
    """What a contract says of the values of an entity; without one they stay as JSON has them."""

    def __init__(self, contract: Contract | None) -> None:
        fields = contract.fields if contract else ()
        readers = {field.name: reader_of(field) for field in fields}
        self._typed = {name: reader for name, reader in readers.items() if reader is not None}
        self._key = contract.key if contract else ()
        self.personal = frozenset(field.name for field in fields if field.personal)

    def record(self, answered: dict[str, Any]) -> dict[str, Any]:
        """Return an answered record with decimals, dates and timestamps as such, and masked values as they come."""
        for name, typed in self._typed.items():
            if answered.get(name) is not None:
                answered[name] = typed(answered[name])
        return answered

    def key(self, record: Record) -> str:
        """Return the key of a record; raise ValueError where no contract says which fields it is."""
        if not self._key:
            raise ValueError("without a contract the key of a record is not known: pass it")
        return record_key(tuple(record[name] for name in self._key))


def record_key(values: Key) -> str:
    """Return the key that a value, or the values of a key of several fields, make."""
    parts = values if isinstance(values, tuple) else (values,)
    return "#".join(text_of(part).translate(_ESCAPED) for part in parts)


def text_of(value: KeyValue) -> str:
    """Return a value as it stands in a key or an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(jsontext.exact(value))
