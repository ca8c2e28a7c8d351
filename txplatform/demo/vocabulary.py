"""The sample data that ships with the product: merchants, people and instruments. All of it is invented."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Merchant:
    """`typical_amount` is the median of a payment; `share` weighs how often the merchant is paid."""

    merchant_id: str
    name: str
    currency: str
    typical_amount: Decimal
    share: int
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    given_name: str
    family_name: str
    city: str
    state: str
    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is traded, at which price to start from, quoted with how many decimals."""

    symbol: str
    currency: str
    price: Decimal
    price_decimals: int
    typical_quantity: Decimal
    quantity_decimals: int
    share: int


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("txplatform.demo") / "samples" / name).read_text("utf-8")
    return csv.DictReader(text.splitlines())


@cache
def merchants() -> tuple[Merchant, ...]:
    return tuple(
        Merchant(
            merchant_id=row["merchant_id"],
            name=row["name"],
            currency=row["currency"],
            typical_amount=Decimal(row["typical_amount"]),
            share=int(row["share"]),
            methods=tuple(row["methods"].split()),
        )
        for row in _rows("merchants.csv")
    )


@cache
def people() -> tuple[Person, ...]:
    return tuple(Person(**row) for row in _rows("people.csv"))


@cache
def instruments() -> tuple[Instrument, ...]:
    return tuple(
        Instrument(
            symbol=row["symbol"],
            currency=row["currency"],
            price=Decimal(row["price"]),
            price_decimals=int(row["price_decimals"]),
            typical_quantity=Decimal(row["typical_quantity"]),
            quantity_decimals=int(row["quantity_decimals"]),
            share=int(row["share"]),
        )
        for row in _rows("instruments.csv")
    )
