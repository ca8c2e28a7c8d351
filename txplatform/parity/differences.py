"""Names what differs of a key: which field, in which way, with personal values masked."""

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.parity.items import Items
from txplatform.parity.rechecks import Recheck
from txplatform.parity.report import Difference, Kind
from txplatform.parity.store import is_live

MASK = "***"


def differences(contract: Contract, items: Items, found: Recheck) -> list[Difference]:
    """What differs of one key; at least one difference."""
    key = masked_key(contract, found.key)
    item = found.item
    defects = [] if item is None else items.defects(item)
    if item is not None and defects:
        return [Difference(Kind.UNRECOGNISED, key, defect.field, defect.problem) for defect in defects]
    if item is None or not is_live(item):
        return [Difference(Kind.EXTRA, key)]
    if not found.rows:
        return [Difference(Kind.MISSING, key)]
    doubled = [Difference(Kind.DOUBLED, key)] if len(found.rows) > 1 else []
    return [*doubled, *_fields(contract, items, found, key)]


def kind_of(found: Sequence[Difference]) -> Kind:
    """The kind under which a key is counted: that of the whole key, else a changed value before a changed scale."""
    kinds = [item.kind for item in found]
    return Kind.DIFFERENT if kinds[0] is Kind.SCALE and Kind.DIFFERENT in kinds else kinds[0]


def masked_key(contract: Contract, key: str) -> str:
    """The record key as it may be shown."""
    if not any(field.personal for field in contract.key_fields):
        return key
    parts = key.split("#")
    if len(parts) != len(contract.key):
        return MASK
    return "#".join(MASK if f.personal else part for f, part in zip(contract.key_fields, parts, strict=True))


def fingerprint(contract: Contract, key: str, difference: Difference) -> str:
    """What a difference is recognised by in the next comparison; of a personal key by its kind and field alone."""
    shown = "" if any(field.personal for field in contract.key_fields) else key
    return hashlib.sha256(f"{difference.kind}\n{difference.field}\n{shown}".encode()).hexdigest()[:16]


def _fields(contract: Contract, items: Items, found: Recheck, key: str) -> Iterator[Difference]:
    assert found.item is not None
    expected = items.texts(found.item)
    assert expected is not None, "what is not readable is unrecognised"
    for place, field in enumerate(contract.fields):
        for row in found.rows:
            actual = row.texts[place]
            if actual != expected[place]:
                kind = Kind.SCALE if _is_scale(field, expected[place], actual) else Kind.DIFFERENT
                shown = (MASK, MASK) if field.personal else (expected[place], actual)
                yield Difference(kind, key, field.name, *shown)
                break


def _is_scale(field: Field, expected: str | None, actual: str | None) -> bool:
    if field.type is not FieldType.DECIMAL or expected is None:
        return False
    if len(expected.partition(".")[2]) > (field.scale or 0):
        return True
    try:
        return actual is not None and Decimal(expected) == Decimal(actual)
    except InvalidOperation:
        return False
