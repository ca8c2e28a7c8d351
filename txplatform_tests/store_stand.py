"""An entity's operational store beside a stand of the lake: its table, its stream, and `cdc` in this process."""

import json
import threading
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.cdc import handler as cdc
from lambdas.cdc.settings import Settings
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.clock import timestamp_text, utc_now
from txplatform.contracts import names
from txplatform.contracts.render.registry import publish, registry_document
from txplatform.lake import bootstrap as module
from txplatform.lake.bootstrap import Bootstrap, BootstrapReport
from txplatform.lake.capture import to_json
from txplatform.parity.check import check_parity
from txplatform.parity.report import ParityReport
from txplatform_tests.lake_stand import BUCKET, Stand


class Store:
    """The entity's table with its stream, and `cdc` in this process, called when the test says so."""

    def __init__(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stand = stand
        self._dynamodb: Any = stand.clients.client("dynamodb")
        self._table = names.entity_table(stand.contract.name)
        self._make(names.REGISTRY_TABLE, "entity", "item")
        self._make(self._table, "pk")
        publish(self._dynamodb, stand.contract)
        self._schema = EntitySchema.parse(loads(dumps(registry_document(stand.contract))))
        self._stream: list[dict[str, Any]] = []
        self._sequence = 10**20
        self._lock = threading.Lock()
        monkeypatch.setattr(cdc, "client", stand.clients.client)
        pattern = names.entity_table(names.ENTITY_SLOT)
        settings = (pattern, names.REGISTRY_TABLE, BUCKET, names.CDC_PREFIX, names.HEARTBEAT_KEY, "metrics")
        self.function = cdc.ChangeCapture(Settings(*settings))
        monkeypatch.setattr(module, "capture", lambda _, event: self.capture(event))

    def capture(self, event: Any) -> dict[str, Any]:
        return self.function.process(json.loads(to_json(event)))

    def put(self, record: Mapping[str, Any], **attributes: Any) -> None:
        """Write an item as the data API does, of a moment that is no longer in flight."""
        self.put_item(self._item(record) | attributes)

    def fill(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Write items that no stream has a record of."""
        left = iter(records)
        while some := list(islice(left, 25)):
            puts = [{"PutRequest": {"Item": self._item(record)}} for record in some]
            self._dynamodb.batch_write_item(RequestItems={self._table: puts})

    def put_item(self, item: dict[str, Any]) -> None:
        old = self._dynamodb.put_item(TableName=self._table, Item=item, ReturnValues="ALL_OLD").get("Attributes")
        self.record_put(item, old)

    def record_put(self, item: dict[str, Any], old: dict[str, Any] | None) -> None:
        """Let the stream hold that an item was written, in place of an old one if there was one."""
        self._record("MODIFY" if old else "INSERT", {"NewImage": item} | ({"OldImage": old} if old else {}))

    def remove(self, key: str) -> None:
        answer = self._dynamodb.delete_item(TableName=self._table, Key={"pk": {"S": key}}, ReturnValues="ALL_OLD")
        self._record("REMOVE", {"OldImage": answer["Attributes"]})

    def deliver(self, count: int | None = None) -> None:
        """Let the stream's next records reach the lake, all of them without a count."""
        self.land(count)
        self.stand.ledger.reconcile(names.Lane.CHANGES, self.stand.contract.name)
        self.stand.ingest_changes()

    def land(self, count: int | None = None) -> None:
        """Let them become objects of the landing area."""
        with self._lock:
            records = self._stream[:count]
            del self._stream[:count]
        if records:
            self.function.process({"Records": records})

    def lose(self) -> None:
        """The stream trims what nobody has read."""
        self._stream.clear()

    def bootstrap(self, segments: int = 2) -> BootstrapReport:
        stand = self.stand
        loading = Bootstrap(stand.contract, stand.lake, stand.ledger, stand.athena, stand.topic, lambda *_: None)
        return loading.run(segments)

    def parity(self) -> ParityReport:
        self.stand.view()
        stand = self.stand
        return check_parity(stand.contract, stand.clients, stand.athena, stand.ledger, timedelta(0))

    def _item(self, record: Mapping[str, Any]) -> dict[str, Any]:
        return encode_record(self._schema, record) | {
            "pk": {"S": record[self.stand.contract.key[0]]},
            "_version": {"S": record["updated_at"]},
            "_written_at": {"S": timestamp_text(utc_now() - timedelta(hours=1))},
        }

    def _record(self, operation: str, images: dict[str, Any]) -> None:
        moment = utc_now().timestamp()
        with self._lock:
            self._sequence += 1
            number = {"SequenceNumber": str(self._sequence), "ApproximateCreationDateTime": moment}
            self._stream.append(
                {
                    "eventName": operation,
                    "eventSourceARN": f"arn:aws:dynamodb:us-east-1:123456789012:table/{self._table}/stream/x",
                    "dynamodb": {**number, **images},
                }
            )

    def _make(self, table: str, *keys: str) -> None:
        try:
            self._dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
            )
        except ClientError as error:
            if "ResourceInUse" not in str(error):
                raise
