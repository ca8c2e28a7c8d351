"""Finds the rows of the lake that no item of the operational store stands for any more.

After a bootstrap has landed, they are the live rows of the change lane that its generation has not touched. Those of
items that were refused are among them, so each is looked up in the store.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from txplatform.aws import AwsClients
from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import ORDER_KEY
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.statements import quoted

_AT_ONCE = 20_000  # rows
_BATCH_GET = 100
_ESCAPES = str.maketrans({"%": "%25", "#": "%23", "/": "%2F", "?": "%3F"})  # as lambdas/shared/record_key.py has them

Identity = Mapping[str, Any]


@dataclass(slots=True)
class Absence:
    """The identities of rows that were looked up and whose items are there."""

    refused: set[tuple[Any, ...]] = field(default_factory=set[tuple[Any, ...]])


def absent_rows(
    contract: Contract, clients: AwsClients, athena: Athena, generation: int, absence: Absence
) -> list[Identity]:
    """Key and partition field, in canonical form, of live rows older than a generation that have no item.

    Return a bounded number of them, none when there are none: ask again after they have got their tombstones. Rows of
    refused items are noted in `absence`.
    """
    while True:
        found = list(_older(contract, athena, generation, len(absence.refused)))
        unknown = [row for row in found if tuple(row.values()) not in absence.refused]
        if not unknown:
            return []
        absent: list[Identity] = []
        for start in range(0, len(unknown), _BATCH_GET):
            part = unknown[start : start + _BATCH_GET]
            items = _items(contract, clients, [_record_key(contract, row) for row in part])
            for row in part:
                if _stands_for(contract, items.get(_record_key(contract, row)), row):
                    absence.refused.add(tuple(row.values()))
                else:
                    absent.append({name: _canonical(value) for name, value in row.items()})
        if absent:
            return absent


def _older(contract: Contract, athena: Athena, generation: int, known: int) -> Iterator[Identity]:
    """Live rows of the change lane that are older than a generation."""
    columns = list(dict.fromkeys((*contract.key, contract.partition_field)))
    order = quoted(ORDER_KEY)
    rows = athena.arrow(
        f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(contract.name)} "  # noqa: S608 # names of a contract
        f"WHERE {order} >= '1|' AND {order} < '1|{generation:06d}|' LIMIT {_AT_ONCE + known}"
    )
    yield from rows.to_pylist()


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
