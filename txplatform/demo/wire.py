"""How records are written in messages: JSON whose decimals keep every digit, in the formats of several sources."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from json import dumps
from typing import Any

from txplatform.demo.records import Record

Payload = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAYMENT_STATUSES = {"captured": "succeeded", "authorised": "requires_capture", "settled": "paid"}


class Raw(str):
    """Text that goes into JSON as it is, such as a number with all its digits."""

    __slots__ = ()


def to_json(value: Any) -> str:
    """Write a value as JSON: decimals as texts, times in UTC with microseconds."""
    match value:
        case Raw():
            return value
        case Mapping():
            return "{" + ", ".join(f"{dumps(name)}: {to_json(item)}" for name, item in value.items()) + "}"
        case Decimal():
            return f'"{value:f}"'
        case datetime():
            return f'"{value:%Y-%m-%dT%H:%M:%S.%fZ}"'
        case date():
            return f'"{value.isoformat()}"'
        case _:
            return dumps(value)


def payment_provider(record: Record) -> Payload:
    """A payment in the format of a card processor: other names, lower-case codes, numbers, seconds since 1970."""
    renamed = {"payment_id": "id", "customer_id": "customer", "merchant_id": "merchant", "items_count": "items"}
    message = {renamed.get(name, name): value for name, value in record.items()}
    message["currency"] = record["currency"].lower()
    message["status"] = _PAYMENT_STATUSES.get(record["status"], record["status"])
    message["amount"] = Raw(f"{record['amount']:f}")
    if "card_last4" in message:
        message["card"] = {"last4": message.pop("card_last4")}
    message["created"] = _seconds(message.pop("created_at"))
    message["updated"] = _seconds(message.pop("updated_at"))
    return message


def exchange(record: Record) -> Payload:
    """A trade in the format of an exchange: one-character codes and fractional seconds since 1970."""
    renamed = {"trade_id": "id", "symbol": "pair", "quantity": "volume", "notional": "cost"}
    message = {renamed.get(name, name): value for name, value in record.items()}
    message["venue"] = record["venue"].upper()
    message["side"] = record["side"][0]
    message["type"] = message.pop("order_type")[0]
    message["time"] = _seconds(message.pop("executed_at"))
    message["updated"] = _seconds(message.pop("updated_at"))
    return message


def account_system(record: Record) -> Payload:
    """A customer in the format of a CRM: capitalised names and a nested address."""
    renamed = {"customer_id": "Id", "name": "Name", "email": "Email", "phone": "Phone"}
    renamed |= {"created_at": "CreatedDate", "updated_at": "LastModifiedDate"}
    address = {"street": "Street", "city": "City", "state": "State", "postal_code": "PostalCode", "country": "Country"}
    message: Payload = {renamed.get(name, name): item for name, item in record.items() if name not in address}
    message["BillingAddress"] = {title: record[name] for name, title in address.items() if name in record}
    return message


def since(moment: datetime, unit: timedelta) -> int:
    """A moment as whole units since 1970."""
    return (moment - _EPOCH) // unit


def _seconds(moment: datetime) -> Raw:
    microseconds = since(moment, timedelta(microseconds=1))
    return Raw(f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}")
