"""A made-up system whose payloads are records of payments turned inside out, and the way from a record to its payload.

Each field goes through another transform, so that what comes back unchanged has passed through all of them.
"""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import yaml

from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import read_system
from txplatform.contracts.render.mapping import mapping_document
from txplatform_tests.contracts.mapping.systems import PATH

_STATUSES = {"authorised": "A", "captured": "C", "settled": "S", "refunded": "R", "failed": "F"}
_INDIA = timezone(timedelta(hours=5, minutes=30))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_FILE = """
kind: SourceSystem
name: inverse
version: 1.0.0
description: Records turned inside out.
envelopes: [sns, gzip, array]
records:
  - name: payment
    entity: payments
    over: rows
    fields:
      payment_id: "[0]"
      customer_id: {from: "[1].customer", transforms: [reference]}
      merchant_id: {from: $.merchant, transforms: [reference: {key: code}]}
      order_reference: {from: ["[1].order", "[1].order_reference"]}
      amount: {from: "[1].minor", transforms: [minorUnits: {currency: "[1].currency", exponents: {JPY: 2}}]}
      fee: {from: "[1].fee", transforms: [decimal: {point: ",", groups: "."}]}
      currency: {from: "[1].currency", transforms: [upper]}
      status:
        from: "[1].status"
        transforms: [enum: {values: {A: authorised, C: captured, S: settled, R: refunded, F: failed}}]
      method: {from: "[1].method", transforms: [trim, lower]}
      channel: {from: "[1].channel", transforms: [split: {separator: "/", part: 1}]}
      items_count: {from: "[1].items", transforms: [integer]}
      card_last4: {from: "[1].digits", transforms: [join: {separator: ""}]}
      payer_name: "[1].payer.name"
      description: {from: "[1].description", transforms: [nullIf: {values: ["(none)"]}]}
      created_at: {from: "[1].created", transforms: [epoch: {unit: us}]}
      updated_at: {from: "[1].updated", transforms: [timestamp]}
      settled_on: {from: "[1].on", transforms: [date: {format: "%d/%m/%Y"}]}
      charge_id: {from: "[1].charge", transforms: [reference]}
"""
_SYSTEM = read_system(PATH, yaml.safe_load(_FILE), load_contracts())
MAPPING = SystemMapping.parse(loads(dumps(mapping_document(_SYSTEM))))

# What of a payload breaks one field: field -> the key of its row, and values that cannot be mapped, or break a rule.
MUTATIONS: dict[str, tuple[str | None, list[Any]]] = {
    "payment_id": (None, [None, "", 7, "x" * 65, {}]),
    "customer_id": ("customer", [None, {}, [], True, {"id": "x" * 65}]),
    "amount": ("minor", [None, True, "1e3", Decimal("1.5"), -1, "ten", [1]]),
    "fee": ("fee", ["1.5", "x", "1,23456", "-1", {}]),
    "status": ("status", [None, "X", "a", 1, []]),
    "method": ("method", [None, "cash", 3, ["card"]]),
    "channel": ("channel", ["web", "a/fax", 1, {}]),
    "items_count": ("items", ["1.5", -1, 10**7, "", True, "1" * 30]),
    "card_last4": ("digits", ["4242", [4, 2, 4], ["a"] * 4, [True] * 4]),
    "payer_name": ("payer", [{"name": 7}, {"name": "x" * 201}, {"name": ["Ada"]}]),
    "description": ("description", [7, "x" * 501, {}]),
    "created_at": ("created", [None, "now", True, 10**30, Decimal("1E+500"), {}]),
    "updated_at": ("updated", [None, "2024-01-01", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00", 1700000000]),
    "settled_on": ("on", ["2024-01-01", "30/02/2024", 7, ""]),
    "charge_id": ("charge", ["", "x" * 65, {}, {"id": 7}]),
}


def row_of(record: dict[str, Any]) -> list[Any]:
    """The row that a canonical record is in the payload of its system."""
    inner: dict[str, Any] = {
        "customer": {"id": record["customer_id"], "object": "customer"},
        "order_reference": record.get("order_reference"),
        "minor": int(Decimal(record["amount"]).scaleb(2)),
        "fee": _grouped(record["fee"]) if "fee" in record else None,
        "currency": record["currency"].lower(),
        "status": _STATUSES[record["status"]],
        "method": f"\t{record['method'].upper()} ",
        "channel": f"via/{record['channel']}" if "channel" in record else None,
        "items": str(record["items_count"]) if "items_count" in record else None,
        "digits": list(record["card_last4"]) if "card_last4" in record else None,
        "payer": {"name": record.get("payer_name")},
        "description": record.get("description", "(none)"),
        "created": (_moment(record["created_at"]) - _EPOCH) // timedelta(microseconds=1),
        "updated": _moment(record["updated_at"]).astimezone(_INDIA).isoformat(),
        "on": "/".join(reversed(record["settled_on"].split("-"))) if "settled_on" in record else None,
        "charge": {"id": record["charge_id"]} if "charge_id" in record else None,
    }
    return [record["payment_id"], inner]


def payload_of(*records: dict[str, Any]) -> dict[str, Any]:
    """The payload of records of one merchant."""
    return {"merchant": {"code": records[0]["merchant_id"]}, "rows": [row_of(record) for record in records]}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _grouped(text: str) -> str:
    """A decimal as it is written in German."""
    return f"{Decimal(text):,}".translate(str.maketrans(",.", ".,"))
