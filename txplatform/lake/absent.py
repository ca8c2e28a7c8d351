"""Finds the rows of the lake that no item of the operational store stands for any more.

After a bootstrap has landed, they are the live rows of the change lane that its generation has not touched. Those of
items that were refused are among them, so each is looked up in the store. They are looked for in the tables, place by
place: the current view shows none of a key's folded rows while the key has unfolded ones.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from txplatform.aws import AwsClients
from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DELETED, EPOCH, ORDER_KEY, OUTRANKED
from txplatform.lake.catalog import Lake
from txplatform.lake.order_key import first_of
from txplatform.ledger import Ledger
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.statements import quoted

_AT_ONCE = 20_000  # rows
_BATCH_GET = 100
_NEWEST = "_newest"
_ESCAPES = str.maketrans({"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"})  # as lambdas/shared/record_key.py has them

Identity = Mapping[str, Any]


@dataclass(slots=True)
class Absence:
    """The identities of rows that were looked up and whose items are there."""

    refused: set[tuple[Any, ...]] = field(default_factory=set[tuple[Any, ...]])


def absent_rows(
    contract: Contract, lake: Lake, athena: Athena, ledger: Ledger, generation: int, absence: Absence
) -> list[dict[str, Any]]:
    """Live rows older than a generation that have no item at their place, each with the item there is elsewhere.

    A row is `identity` (key and partition field, in canonical form), `item`, and the `order_key` that is above all
    that the lake has of the key. Return a bounded number of them, none when there are none: ask again after they have
    got their tombstones. Rows of refused items are noted in `absence`.
    """
    while True:
        found = athena.arrow(_statement(contract, ledger, generation, _AT_ONCE + len(absence.refused))).to_pylist()
        absent: list[dict[str, Any]] = []
        unknown = [row for row in found if _identity(contract, row) not in absence.refused]
        for start in range(0, len(unknown), _BATCH_GET):
            part = unknown[start : start + _BATCH_GET]
            items = _items(contract, lake.clients, [_record_key(contract, row) for row in part])
            for row in part:
                item = items.get(_record_key(contract, row))
                if _stands_for(contract, item, row):
                    absence.refused.add(_identity(contract, row))
                    continue
                identity = {name: _canonical(row[name]) for name in contract.placed_by}
                order_key = max(row[_NEWEST], first_of(generation))
                absent.append({"identity": identity, "order_key": order_key, "item": item})
        if absent or not unknown:
            return absent


def _identity(contract: Contract, row: Identity) -> tuple[Any, ...]:
    return tuple(row[name] for name in contract.placed_by)


def _statement(contract: Contract, ledger: Ledger, generation: int, limit: int) -> str:
    """Live rows of the change lane older than a generation, each with the greatest order key of its key."""
    folded = ledger.folded(contract.name)
    columns, key = (", ".join(map(quoted, names_)) for names_ in (contract.placed_by, contract.key))
    order = quoted(ORDER_KEY)
    held = f"{columns}, {order}, {quoted(DELETED)}"
    return (
        f"WITH held AS (SELECT {held}, 1 AS folded FROM {quoted(names.snapshot_table(contract.name))} "  # noqa: S608
        f"WHERE {order} >= '1|' UNION ALL SELECT {held}, 0 AS folded FROM {quoted(names.changes_table(contract.name))} "
        f"WHERE {quoted(EPOCH)} > {folded.epoch if folded else OUTRANKED}), "
        f"ranked AS (SELECT {held}, max({order}) OVER (PARTITION BY {key}) AS {quoted(_NEWEST)}, "
        f"row_number() OVER (PARTITION BY {columns} ORDER BY {order} DESC, folded) AS place FROM held) "
        f"SELECT {columns}, {quoted(_NEWEST)} FROM ranked "
        f"WHERE place = 1 AND NOT {quoted(DELETED)} AND {order} < '{first_of(generation)}' LIMIT {limit}"
    )


def _items(contract: Contract, clients: AwsClients, keys: Sequence[str]) -> dict[str, Any]:
    """The items under these keys, with what places them."""
    dynamodb: Any = clients.client("dynamodb")
    table = names.entity_table(contract.name)
    wanted: Any = {table: {"Keys": [{"pk": {"S": key}} for key in dict.fromkeys(keys)], "ConsistentRead": True}}
    found: dict[str, Any] = {}
    while wanted:
        answer = dynamodb.batch_get_item(RequestItems=wanted)
        found |= {item["pk"]["S"]: item for item in answer["Responses"].get(table, [])}
        wanted = answer.get("UnprocessedKeys")
    return found


def _stands_for(contract: Contract, item: Any, row: Identity) -> bool:
    """Whether an item is a live record at the row's place."""
    if item is None or item.get("_deleted", {}).get("BOOL"):
        return False
    value = row[contract.partition_field]
    text = item.get(contract.partition_field, {}).get("S", "")
    if isinstance(value, datetime):
        with suppress(ValueError):
            return parse_timestamp(text) == value
        return False
    return text == _canonical(value)


def _record_key(contract: Contract, row: Identity) -> str:
    """The key under which the data API stores a record."""
    values = (_canonical(row[name]) for name in contract.key)
    texts = ({True: "true", False: "false"}[value] if isinstance(value, bool) else str(value) for value in values)
    return "#".join(text.translate(_ESCAPES) for text in texts)


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
