"""What repair writes for a differing key: lines as the function `cdc` writes them, with order keys that outrank.

A repaired row takes the greatest order key that the lake has of its key, with a suffix: `1|000001|…0042~000001`. So it
outranks every row that is there, and whatever the stream still brings for the key, which has a greater sequence number,
outranks it. A key of which the lake has no row takes an order key below that of every change. A suffix only grows, and
the same state of both sides gives the same lines, so a repair may run twice or die at any point.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.columns import DELETED, OCCURRED_AT, ORDER_KEY, PROVENANCE
from txplatform.errors import ParityError, QueryError, QueryTimeoutError
from txplatform.lake.order_key import first_of
from txplatform.parity.canonical import Texts, key_sql, key_texts, text_name, texts_sql
from txplatform.parity.items import Items
from txplatform.parity.lake import OF_CHANGES, key_conditions
from txplatform.parity.nested_text import fits, parsed
from txplatform.parity.rechecks import Recheck
from txplatform.parity.store import WRITTEN_AT, is_live
from txplatform.warehouse.statements import quoted

if TYPE_CHECKING:
    from txplatform.warehouse.athena import Athena

_SUFFIX_DIGITS = 6
_NESTED = (FieldType.OBJECT, FieldType.MAP, FieldType.ARRAY)


@dataclass(frozen=True, slots=True)
class Placed:
    """The newest row of a key in one partition value (its text), in the tables under the view."""

    partition: str | None
    order_key: str
    deleted: bool
    occurred_at: datetime


def outranking(order_key: str, by: int) -> str:
    """The order key `by` steps above this one and below every later sequence number."""
    base, _, suffix = order_key.partition("~")
    return f"{base}~{int(suffix or 0) + by:0{_SUFFIX_DIGITS}d}"


def placed_rows(contract: Contract, athena: "Athena", keys: Iterable[str]) -> dict[str, list[Placed]]:
    """The newest change of each key in each partition value, tombstones included; keys without any are left out."""
    partition = contract[contract.partition_field]
    fields = [field for field in contract.fields if field.name in contract.key or field is partition]
    columns = ", ".join(quoted(field.name) for field in fields)
    system = f"{quoted(ORDER_KEY)}, {quoted(DELETED)}, {quoted(OCCURRED_AT)}"
    tables = (names.snapshot_table(contract.name), names.changes_table(contract.name))
    rows = " UNION ALL ".join(f"SELECT {columns}, {system} FROM {quoted(table)}" for table in tables)
    by = f"{key_sql(contract)}, {text_name(contract, partition)}"
    found: dict[str, list[Placed]] = {}
    for condition in key_conditions(contract, keys):
        sql = (
            f"SELECT {by}, max({quoted(ORDER_KEY)}), max_by({quoted(DELETED)}, {quoted(ORDER_KEY)}), "
            f"max({quoted(OCCURRED_AT)}) FROM (SELECT {texts_sql(contract, fields)}, {system} FROM ({rows}) "
            f"WHERE {OF_CHANGES} AND ({condition})) GROUP BY {by}"
        )
        try:
            table = athena.arrow(sql)
        except (QueryError, QueryTimeoutError) as error:
            raise ParityError(f"rows of {contract.name} could not be read: {error}") from error
        for name, *placed in zip(*(column.to_pylist() for column in table.columns), strict=True):
            found.setdefault(name, []).append(Placed(*placed))
    return found


def lines(contract: Contract, items: Items, found: Recheck, placed: Iterable[Placed], generation: int = 0) -> list[str]:
    """The lines that bring a key's state in the lake to that of its item; none for an item that cannot be a record.

    A tombstone for each partition value with a live row that is not the record's, then the record. They outrank what
    the lake has of the key, and are of `generation` at least: what is older than a finished bootstrap counts no more.
    """
    rows = list(placed)
    texts = None
    if found.item is not None and items.defects(found.item):
        return []
    if found.item is not None and is_live(found.item):
        texts = items.texts(found.item)
        if texts is None or not _fits(contract, texts):
            return []
    place = [field.name for field in contract.fields].index(contract.partition_field)
    own = None if texts is None else texts[place]
    newest = max([first_of(generation), *(row.order_key for row in rows)])
    stale = {row.partition for row in rows if not row.deleted} | {row.texts[place] for row in found.rows}
    if texts is not None:
        stale -= {own}
    key = dict(zip(contract.key, key_texts(found.key), strict=True))
    occurred_at = timestamp_text(max((row.occurred_at for row in rows), default=datetime(1970, 1, 1, tzinfo=UTC)))
    if found.item is not None:
        occurred_at = found.item[WRITTEN_AT]["S"]
    made = [
        _line(contract, found, occurred_at, outranking(newest, 1), _identity(contract, key, partition), deleted=True)
        for partition in sorted(stale, key=str)
    ]
    if texts is not None:
        record = {f.name: _value(f, t) for f, t in zip(contract.fields, texts, strict=True) if t is not None}
        made.append(_line(contract, found, occurred_at, outranking(newest, 2), record, deleted=False))
    return made


def _fits(contract: Contract, texts: Texts) -> bool:
    """Whether no decimal has more digits than its contract: the lake would refuse the record."""
    return all(
        text is None or fits(field, parsed(text) if field.type in _NESTED else text)
        for field, text in zip(contract.fields, texts, strict=True)
    )


def _identity(contract: Contract, key: Mapping[str, str], partition: str | None) -> dict[str, Any]:
    identity = {field.name: _value(field, key[field.name]) for field in contract.key_fields}
    field = contract[contract.partition_field]
    return identity if partition is None else {**identity, field.name: _value(field, partition)}


def _value(field: Field, text: str) -> Any:
    """A value as the change files carry it."""
    match field.type:
        case FieldType.OBJECT | FieldType.MAP | FieldType.ARRAY:
            return parsed(text)
        case FieldType.INTEGER:
            return int(text)
        case FieldType.BOOLEAN:
            return text == "true"
        case FieldType.TIMESTAMP:
            return text if text.endswith("Z") else f"{text.replace(' ', 'T')}Z"
        case _:
            return text


def _line(
    contract: Contract, found: Recheck, occurred_at: str, order_key: str, record: Mapping[str, Any], *, deleted: bool
) -> str:
    envelope = {
        "entity": contract.name,
        "op": "remove" if deleted else "modify",
        "order_key": order_key,
        "sequence_number": order_key.partition("~")[0].rpartition("|")[2].lstrip("0") or "0",
        "occurred_at": occurred_at,
        "schema_version": contract.version,
        **{name.removeprefix("_"): (found.item or {}).get(name, {}).get("S") for name in PROVENANCE},
        "deleted": deleted,
        "record": record,
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def groups(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    """Lines, as many together as an object holds."""
    group: list[str] = []
    for text in texts:
        group.append(text)
        if len(group) == most:
            yield group
            group = []
    if group:
        yield group
