"""The sample entity with nested fields as the functions see it, and records of it."""

from decimal import Decimal
from typing import Any

from lambdas.shared.json_value import Json
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.contracts.model import Contract
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.samples.nested import purchases

PLACED, CHANGED = "2026-11-01T09:30:00.000000Z", "2026-11-01T09:31:00.000000Z"


def schema_of(contract: Contract) -> EntitySchema:
    """The schema of a contract, by the text of its document with sorted names, as the registry keeps it."""
    return EntitySchema.parse(loads(dumps(dict(sorted(registry_document(contract).items())))))


SCHEMA = schema_of(purchases())


def purchase(**changes: Any) -> dict[str, Any]:
    """A canonical purchase as the API takes and answers it, with these fields; without those that are None."""
    record = {
        "purchase_id": "pur_1",
        "status": "paid",
        "total": "129.90",
        "line_items": [
            {
                "sku": "A-1",
                "quantity": 3,
                "amount": "43.3000",
                "discount": {"code": "VIP", "amount": "1.10"},
                "ships_on": "2026-11-02",
                "taxes": ["0.210000"],
            },
            {"sku": "B-2", "amount": "0.0001"},
        ],
        "shipping": {"carrier": "post", "cost": "4.00", "insured": True, "address": {"city": "Brno", "country": "CZ"}},
        "attributes": {"colour": "red", "size": "L"},
        "fees": {"bank": "0.30"},
        "tags": ["gift", "urgent"],
        "notes": [{"written_at": PLACED, "text": "call me"}],
        "payload": {"till": 7, "scale": [Decimal("1.5"), None, True]},
        "placed_at": PLACED,
        "updated_at": CHANGED,
    }
    return {name: value for name, value in (record | changes).items() if value is not None}


def exact(record: Any) -> str:
    """The text of a record, by which records are the same to the digit: 1 is neither true nor 1.5, and 1.0 is 1."""
    return Json.of(loads(dumps(record))).text
