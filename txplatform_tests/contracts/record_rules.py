"""A contract with a rule of each form over several fields, for tests of both engines."""

from dataclasses import replace
from typing import Any

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.quality import Quality, RecordRule

_PAYMENTS = load_contracts()["payments"]

RULES = (
    RecordRule("gross", "sum", ("gross", "net", "tax", "units")),
    RecordRule("times", "order", ("created_at", "due_on", "updated_at")),
    RecordRule("settled", "present", ("status", "note"), values=("settled", "refunded")),
    *(
        RecordRule(f"net_{place}", "compare", ("net", "gross"), operator=operator)
        for place, operator in enumerate(("<=", "!="))
    ),
    RecordRule("few_units", "compare", ("units", "tax"), operator="<"),
    RecordRule("marks", "compare", ("mark", "note"), operator="="),
    RecordRule("late", "compare", ("seen_at", "updated_at"), operator=">="),
)


def ruled_contract(*rules: RecordRule) -> Contract:
    """Payments with these rules, by default one of each form, over fields of several types and scales."""
    extra = (
        Field("net", FieldType.DECIMAL, "Net", precision=18, scale=2),
        Field("tax", FieldType.DECIMAL, "Tax", precision=18, scale=4),
        Field("gross", FieldType.DECIMAL, "Gross", precision=24, scale=4),
        Field("units", FieldType.INTEGER, "Units"),
        Field("due_on", FieldType.DATE, "Due"),
        Field("seen_at", FieldType.TIMESTAMP, "Seen"),
        Field("note", FieldType.STRING, "Note"),
        Field("mark", FieldType.STRING, "Mark"),
    )
    kept = [field for field in _PAYMENTS.fields if field.required or field.name == "status"]
    return replace(_PAYMENTS, fields=(*kept, *extra), quality=Quality(rules=rules or RULES))


def ruled_record(**fields: Any) -> dict[str, Any]:
    """A canonical record that satisfies the contract without the rules."""
    record = {field.name: field.example for field in ruled_contract().fields if field.required}
    return record | {"status": "captured"} | fields
