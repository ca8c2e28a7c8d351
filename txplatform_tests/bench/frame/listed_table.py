"""The data API in this process over a table of the local AWS, filled, listed and written to at once."""

import itertools
import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from lambdas.data_api import handler as module
from lambdas.data_api.settings import Settings
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.dynamodb import secondary_indexes
from txplatform.contracts.render.registry import publish, registry_document
from txplatform.local.clients import LocalClients
from txplatform_tests.bench.frame.functions import GRANTED
from txplatform_tests.lake_stand import aws_process

CUSTOMER = "cus_1"
_MOMENTS = 50  # many records have the same: pages begin and end among them
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_WRITERS = 2
_UNTOUCHED, _UPDATED, _DELETED = range(3)


class ListedTable:
    """Payments of one customer: eight in ten are never touched, one is updated and one deleted while lists go on."""

    def __init__(self, size: int) -> None:
        self._dynamodb = LocalClients(aws_process()[0])("dynamodb")
        contract = load_contracts()["payments"]
        pattern = f"listed-{uuid4().hex[:8]}-{names.ENTITY_SLOT}"
        self._table = pattern.replace(names.ENTITY_SLOT, contract.name)
        self._schema = EntitySchema.parse(loads(dumps(registry_document(contract))))
        with suppress(self._dynamodb.exceptions.ResourceInUseException):
            self._make_table(names.REGISTRY_TABLE, "entity", "item")
        self._make_table(self._table, "pk")
        publish(self._dynamodb, contract)
        with patch.object(module, "client", lambda _: self._dynamodb):
            self._api = module.DataApi(Settings(pattern, names.REGISTRY_TABLE, 30, names.IDEMPOTENCY_TABLE, "bench"))
        self._kinds = {
            f"pay_{number:06}": {0: _UPDATED, 1: _DELETED}.get(number % 10, _UNTOUCHED) for number in range(size)
        }
        self._versions = itertools.count(1)
        self._fill()

    @property
    def untouched(self) -> set[str]:
        return {key for key, kind in self._kinds.items() if kind == _UNTOUCHED}

    def pages(self, query: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
        """The records of each page of a list."""
        while True:
            answer = self._call("GET", query=query)
            yield answer["items"]
            if answer["next"] is None:
                return
            query = {**query, "cursor": answer["next"]}

    @contextmanager
    def writes(self) -> Iterator[list[str]]:
        """Create, update and delete records until the end of the block; gives what was done."""
        stopping, done = threading.Event(), list[str]()

        def write(writer: int) -> None:
            updated, deleted = (
                itertools.cycle([key for key, kind in self._kinds.items() if kind == chosen][writer::_WRITERS])
                for chosen in (_UPDATED, _DELETED)
            )
            while not stopping.is_set():
                version = timestamp_text(_FIRST + timedelta(days=100, seconds=next(self._versions)))
                self._call("POST", body=_payment(f"new_{uuid4().hex}", random.randrange(_MOMENTS)))
                key = next(updated)
                self._call("PUT {key}", key, body=_payment(key) | {"updated_at": version, "amount": "2.00"})
                self._call("DELETE {key}", next(deleted), query={"version": version})
                done.extend(("created", "updated", "deleted"))

        with ThreadPoolExecutor(_WRITERS) as threads:
            writing = [threads.submit(write, writer) for writer in range(_WRITERS)]
            try:
                yield done
            finally:
                stopping.set()
        for writer in writing:
            writer.result()

    def drop(self) -> None:
        self._dynamodb.delete_table(TableName=self._table)

    def _call(self, action: str, key: str = "", *, body: Any = None, query: dict[str, str] | None = None) -> Any:
        method, _, rest = action.partition(" ")
        answer = self._api.process(
            {
                "routeKey": f"{method} /v1/payments" + (f"/{rest}" if rest else ""),
                "pathParameters": {"key": key},
                "queryStringParameters": query or {},
                "body": json.dumps(body),
                "requestContext": {"authorizer": {"lambda": GRANTED}},
            }
        )
        assert answer.status < 300, answer.body
        return answer.body

    def _fill(self) -> None:
        keys = iter(self._kinds)
        while some := list(itertools.islice(keys, 25)):
            puts = [{"PutRequest": {"Item": self._item(_payment(key))}} for key in some]
            self._dynamodb.batch_write_item(RequestItems={self._table: puts})

    def _item(self, record: dict[str, Any]) -> dict[str, Any]:
        system = {"pk": record["payment_id"], "_version": record["updated_at"], "_written_at": record["updated_at"]}
        return {name: {"S": value} for name, value in system.items()} | encode_record(self._schema, record)

    def _make_table(self, name: str, *keys: str) -> None:
        def schema(*attributes: str) -> list[dict[str, str]]:
            return [{"AttributeName": a, "KeyType": k} for a, k in zip(attributes, ("HASH", "RANGE"), strict=False)]

        indexes = secondary_indexes(load_contracts()["payments"]) if name == self._table else ()
        used = dict.fromkeys((*keys, *(key for index in indexes for key in (index.partition_key, index.sort_key))))
        described = [
            {
                "IndexName": index.name,
                "KeySchema": schema(index.partition_key, index.sort_key),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in indexes
        ]
        self._dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in used],
            KeySchema=schema(*keys),
            **({"GlobalSecondaryIndexes": described} if described else {}),
        )


def _payment(key: str, moment: int | None = None) -> dict[str, Any]:
    """A payment; without a moment, the one that its key stands for."""
    moment = int(key.removeprefix("pay_")) * 7919 % _MOMENTS if moment is None else moment
    created_at = timestamp_text(_FIRST + timedelta(seconds=moment))
    return {
        "payment_id": key,
        "customer_id": CUSTOMER,
        "merchant_id": "mer_1",
        "amount": "1.00",
        "currency": "EUR",
        "status": "settled",
        "method": "card",
        "created_at": created_at,
        "updated_at": created_at,
    }
