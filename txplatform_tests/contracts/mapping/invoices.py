"""A source system whose payloads hold objects and lists: invoices as a payment provider sends them."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from txplatform.contracts.document import parse_document
from txplatform.contracts.mapping.loader import read_system
from txplatform.contracts.mapping.model import SourceSystem
from txplatform_tests.samples.nested import purchases

PATH = Path("invoices.yaml")
_INVOICES = parse_document(
    """
kind: SourceSystem
name: invoices
version: 1.0.0
description: Invoices of a payment provider, with amounts in minor units.
match: "object == 'invoice'"
records:
  - name: invoice
    entity: purchases
    fields:
      purchase_id: id
      total: {from: total, transforms: [{minorUnits: {currency: currency}}]}
      line_items:
        from: lines.data
        fields:
          sku: {from: price.id, transforms: [upper]}
          quantity: quantity
          amount: {from: amount, transforms: [{minorUnits: {currency: currency}}]}
          discount:
            from: discounts[0]
            fields:
              code: {from: ^.id}
              amount: {from: amount, transforms: [{minorUnits: {currency: $.currency}}]}
          ships_on: {from: period.start, transforms: [{epoch: {unit: s}}, {split: {separator: T, part: 0}}]}
      shipping:
        from: "@"
        fields:
          carrier: {from: carrier, transforms: [trim]}
          address: {from: "@", fields: {city: ship_city, country: {from: ship_country, transforms: [upper]}}}
      attributes: metadata
      payload: raw
      placed_at: {from: created, transforms: [{epoch: {unit: s}}]}
      updated_at: {from: created, transforms: [{epoch: {unit: s}}]}
""",
    PATH,
)


def invoices(edit: Callable[[dict[str, Any]], object] = lambda fields: None) -> SourceSystem:
    """The system, once the fields of its record are edited; raise ContractError."""
    document = deepcopy(_INVOICES)
    edit(document["records"][0]["fields"])
    return read_system(PATH, document, {"purchases": purchases()})


def invoice(**changes: Any) -> dict[str, Any]:
    """A payload of the system."""
    lines = [
        {"id": "il_1", "price": {"id": "a-1"}, "quantity": 2, "amount": 1099, "currency": "eur"},
        {
            "id": "il_2",
            "price": {"id": "b-2"},
            "amount": 1099,
            "currency": "jpy",
            "period": {"start": 1793577600},
            "discounts": [{"amount": 50}],
        },
    ]
    return {
        "object": "invoice",
        "id": "in_1",
        "total": 2198,
        "currency": "usd",
        "created": 1793577600,
        "lines": {"data": lines},
        "carrier": " post ",
        "ship_country": "cz",
        "metadata": {"b": "1", "a": "2"},
        **changes,
    }
