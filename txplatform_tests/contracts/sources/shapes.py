"""Records as the shipped systems write them: which records each of them can tell of, and their payloads."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform_tests.contracts.sources.fix_messages import fix_message
from txplatform_tests.contracts.strategies import records, values

CONTRACTS = load_contracts()
Record = dict[str, Any]
Payload = dict[str, Any]

_FIELDS = {name: {field.name: field for field in contract.fields} for name, contract in CONTRACTS.items()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(2018, 1, 1), datetime(2099, 12, 31)  # noqa: DTZ001 - the zone is the text's
_TAKER = {"buy": "sell", "sell": "buy"}
_EXACT = Context(prec=80)
# Before a text that is to be a number. Generated texts may hold any constant of the code: it is made of one.
_NUMBER = "\N{NUMERO SIGN}" * 3


def json_of(payload: Payload) -> str:
    """The text of a payload, in which a Decimal is a number of the same digits."""
    text = json.dumps(payload, default=lambda number: f"{_NUMBER}{number}", ensure_ascii=False)
    return re.sub(f'"{_NUMBER}([^"]*)"', r"\1", text)


def text_of(number: Decimal, field: str) -> str:
    """A decimal as the contract of trades writes it."""
    return f"{number:.{_FIELDS['trades'][field].scale}f}"


@st.composite
def trades(draw: st.DrawFn, venue: str, symbols: st.SearchStrategy[tuple[str, str]], decimals: int) -> Record:
    """Trades of a venue; `symbols` are symbols with their currency, `decimals` those of a moment's seconds."""
    symbol, currency = draw(symbols)
    price, quantity = (Decimal(draw(st.integers(1, 10**11))).scaleb(-8) for _ in range(2))
    moment = draw(st.datetimes(_FIRST, _LAST))
    step = 10 ** (6 - decimals)
    moment = moment.replace(microsecond=moment.microsecond // step * step).isoformat(timespec="microseconds") + "Z"
    return {
        "venue": venue,
        "trade_id": str(draw(st.integers(1, 10**12))),
        "symbol": symbol,
        "side": draw(st.sampled_from(["buy", "sell"])),
        "price": text_of(price, "price"),
        "quantity": text_of(quantity, "quantity"),
        "notional": text_of(_EXACT.multiply(price, quantity), "notional"),
        "currency": currency,
        "is_block": False,
        "executed_at": moment,
        "updated_at": moment,
    }


def _symbols(separator: str, currencies: tuple[str, ...]) -> st.SearchStrategy[tuple[str, str]]:
    bases = st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True)
    return st.tuples(bases, st.sampled_from(currencies)).map(lambda pair: (separator.join(pair), pair[1]))


BINANCE = trades("binance", _symbols("", ("USDT", "EUR", "BTC", "FDUSD", "EURI")), 3)
COINBASE = trades("coinbase", _symbols("-", ("USD", "EUR", "USDC")), 6)


def epoch(text: str, unit: timedelta) -> int:
    """A moment as a number of units since 1970."""
    return (datetime.fromisoformat(text) - _EPOCH) // unit


def binance_stream(record: Record) -> tuple[Payload, Record]:
    """An event of the stream trade, and the record with the identifier that it has there."""
    number = int(record["trade_id"])
    payload = {
        "e": "trade",
        "s": record["symbol"],
        "t": number,
        "p": record["price"],
        "q": record["quantity"],
        "T": epoch(record["executed_at"], timedelta(milliseconds=1)),
        "m": record["side"] == "sell",
        "M": True,
    }
    return payload, {**record, "trade_id": f"{record['symbol']}-{number}"}


def binance_dump(record: Record) -> tuple[Payload, Record]:
    """A row of a dump of aggregates, in microseconds."""
    row = {
        "a": record["trade_id"],
        "p": record["price"],
        "q": record["quantity"],
        "T": str(epoch(record["executed_at"], timedelta(microseconds=1))),
        "m": str(record["side"] == "sell"),
    }
    payload = {"symbol": record["symbol"], "time_unit": "us", "aggTrades": [row]}
    return payload, {**record, "trade_id": f"{record['symbol']}-agg-{record['trade_id']}"}


def coinbase_match(record: Record) -> tuple[Payload, Record]:
    """A match of the Exchange's WebSocket."""
    payload = {
        "type": "match",
        "trade_id": int(record["trade_id"]),
        "product_id": record["symbol"],
        "side": _TAKER[record["side"]],
        "price": record["price"],
        "size": record["quantity"],
        "time": record["executed_at"],
    }
    return payload, {**record, "trade_id": f"{record['symbol']}-{record['trade_id']}"}


@st.composite
def fix_trades(draw: st.DrawFn) -> Record:
    """Executions: with and without what a report may leave out."""
    symbols = st.from_regex(r"[A-Z0-9]{1,6}(?:[.:_-][A-Z0-9]{1,4})?", fullmatch=True)
    currency = st.from_regex(r"[A-Z]{3}", fullmatch=True)
    record = draw(trades(draw(values(_FIELDS["trades"]["venue"])), st.tuples(symbols, currency), 6))
    optional = st.fixed_dictionaries(
        {}, optional={name: values(_FIELDS["trades"][name]) for name in ("order_type", "liquidity", "settlement_date")}
    )
    return {**record, **draw(optional)}


def fix_fields(record: Record) -> dict[int, str]:
    """The fields of the execution report of a record."""
    side = _TAKER[record["side"]] if record.get("liquidity") == "maker" else record["side"]
    fields = {
        35: "8",
        49: record["venue"].upper(),
        17: record["trade_id"],
        150: "F",
        55: record["symbol"],
        54: {"buy": "1", "sell": "2"}[side],
        31: record["price"],
        32: record["quantity"],
        15: record["currency"],
        60: record["executed_at"].replace("-", "").replace("T", "-").removesuffix("Z"),
        40: {"market": "1", "limit": "2"}.get(record.get("order_type", "")),
        851: {"maker": "1", "taker": "2"}.get(record.get("liquidity", "")),
        64: record.get("settlement_date", "").replace("-", "") or None,
    }
    return {tag: value for tag, value in fields.items() if value is not None}


def fix_text(fields: Mapping[int, str], separator: str = "|") -> str:
    return fix_message(fields.items(), separator)


_CUSTOMER = _FIELDS["customers"]
CUSTOMERS = (
    records(CONTRACTS["customers"])
    # The contract rewrites UK, and an event that is of no moment before 1970 tells milliseconds.
    .filter(lambda record: record.get("country") != "UK")
    .filter(lambda record: "*" not in record["customer_id"])  # an event names several records by a pattern
    .map(lambda record: {**record, "updated_at": f"{record['updated_at'][:-4]}000Z"})
    .map(lambda record: {name: value for name, value in record.items() if name != "birth_date"})
)
SALESFORCE = {
    "street": "BillingAddress.Street",
    "city": "BillingAddress.City",
    "state": "BillingAddress.State",
    "postal_code": "BillingAddress.PostalCode",
    "country": "BillingAddress.CountryCode",
    "name": "Name",
    "email": "PersonEmail",
    "phone": "Phone",
    "segment": "Segment__c",
    "status": "Status__c",
    "balance": "Balance__c",
    "credit_limit": "Credit_Limit__c",
    "created_at": "CreatedDate",
}


def salesforce_event(record: Record, change: str, changed: list[str] | None = None) -> Payload:
    """A change event of an account, as CometD has it."""
    payload: Payload = {
        "ChangeEventHeader": {
            "entityName": "Account",
            "recordIds": [record["customer_id"]],
            "changeType": change,
            "commitTimestamp": epoch(record["updated_at"], timedelta(milliseconds=1)),
            "commitNumber": record.get("source_commit"),
            "sequenceNumber": record.get("source_sequence"),
            "changedFields": changed or [],
        }
    }
    for name, path in SALESFORCE.items():
        if name in record:
            value = record[name]
            inner = payload
            *outer, last = path.split(".")
            for step in outer:
                inner = inner.setdefault(step, {})
            inner[last] = Decimal(value) if name in ("balance", "credit_limit") and value is not None else value
    return {"data": {"payload": payload}, "channel": "/data/AccountChangeEvent"}


def salesforce_contact(record: Record) -> Payload:
    """A contact as the REST API has it."""
    return {
        "attributes": {"type": "Contact"},
        "Id": record["customer_id"],
        "Name": record["name"],
        "Email": record.get("email"),
        "Phone": record.get("phone"),
        "MailingStreet": record.get("street"),
        "MailingCity": record.get("city"),
        "MailingState": record.get("state"),
        "MailingPostalCode": record.get("postal_code"),
        "MailingCountry": record.get("country"),
        "Segment__c": record["segment"].title(),
        "Status__c": record["status"],
        "Balance__c": Decimal(record["balance"]),
        "Credit_Limit__c": Decimal(record["credit_limit"]) if "credit_limit" in record else None,
        "HasOptedOutOfEmail": not record["marketing_opt_in"],
        "CreatedDate": record["created_at"].replace("Z", "+0000"),
        "SystemModstamp": f"{record['updated_at'][:-8]}.000+0000",
    }
