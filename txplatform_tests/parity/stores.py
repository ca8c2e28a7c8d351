"""An entity with its operational table on the lake's stand, written to as the data API does."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lambdas.shared.record_key import record_key
from txplatform.clock import timestamp_text, utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract, FieldType
from txplatform.parity.check import check_parity
from txplatform.parity.report import ParityReport
from txplatform_tests.lake_stand import Stand

TAGS = {FieldType.DECIMAL: "N", FieldType.INTEGER: "N", FieldType.BOOLEAN: "BOOL"}
NO_GRACE = timedelta(0)


def attribute(contract: Contract, name: str, value: Any) -> dict[str, Any]:
    tag = TAGS.get(contract[name].type, "S")
    return {tag: value if tag == "BOOL" else str(value)}


def item_of(contract: Contract, record: Mapping[str, Any], version: int = 1) -> dict[str, Any]:
    """A record as the data API stores it."""
    return {
        **{name: attribute(contract, name, value) for name, value in record.items()},
        "pk": {"S": record_key(contract.key, record)},
        "_version": {"S": f"{version:010d}"},
        "_written_at": {"S": timestamp_text(utc_now())},
        "_trace_id": {"S": "trace-1"},
        "_written_by": {"S": "https://i#crm"},
        "_request_id": {"S": "r-1"},
    }


class Store(Stand):
    """A stand whose entity has its operational table too."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.table = names.entity_table(self.contract.name)
        self.dynamodb = self.clients.client("dynamodb")
        self.dynamodb.create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        self.sequence = 0

    def put(self, record: Mapping[str, Any], version: int = 1, **attributes: Any) -> None:
        self.dynamodb.put_item(TableName=self.table, Item=item_of(self.contract, record, version) | attributes)

    def delete(self, record: Mapping[str, Any]) -> None:
        kept = {*self.contract.key, self.contract.partition_field}
        identity = {name: value for name, value in record.items() if name in kept}
        self.put(identity, _deleted={"BOOL": True})

    def changed(self, *records: Mapping[str, Any], deleted: bool = False) -> None:
        """Let changes reach the lake."""
        changes: list[tuple[int, Mapping[str, Any], bool]] = []
        for record in records:
            self.sequence += 1
            changes.append((self.sequence, record, deleted))
        self.put_changes(f"changes-{self.sequence}", changes)
        self.ingest_changes()

    def check(self, grace: timedelta = NO_GRACE, **arguments: Any) -> ParityReport:
        self.view()
        return check_parity(self.contract, self.clients, self.athena, self.ledger, grace, **arguments)
