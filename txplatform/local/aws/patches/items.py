"""moto takes DynamoDB items that AWS refuses: too large, nested too deeply, or not fit for an index.

AWS counts bytes by rules of its own, up to 409,600; moto counts others, and all of them again for every attribute.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge, ItemSizeToUpdateTooLarge, MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.responses import DynamoHandler

from txplatform.local.aws.patches.index_keys import check_index_keys, parts

MAXIMUM_BYTES = 409_600
MAXIMUM_NAME = 65_535
MAXIMUM_LEVELS = 32

_TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)


def number_bytes(text: str) -> int:
    """Return what a number takes: a byte for two significant digits on either side of the point, and for its sign.

    What is seen of AWS is a little more than what its documentation says, which knows no point.
    """
    mantissa, _, exponent = text.strip().upper().partition("E")
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    if exponent:
        return 1 + (len((whole + fraction).strip("0")) + 1) // 2 + mantissa.startswith("-")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") if fraction else whole.strip("0")
    fraction = fraction if whole else fraction.lstrip("0")
    return 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2 + (mantissa.startswith("-") and bool(whole or fraction))


def _value_bytes(value: Any) -> int:
    kind, content = parts(value)
    if kind in ("S", "B"):
        return bytesize(content)
    if kind == "N":
        return number_bytes(content)
    if kind == "L":
        return 3 + sum(1 + _value_bytes(held) for held in content)
    if kind == "M":
        return 3 + len(content) + item_bytes(content)
    if kind == "NS":
        return sum(map(number_bytes, content))
    return sum(map(bytesize, content)) if kind in ("SS", "BS") else 1


def item_bytes(attributes: Mapping[str, Any]) -> int:
    """Return what the attributes take, names and values; raise for a name that AWS does not take."""
    size = 0
    for name, value in attributes.items():
        name_bytes = bytesize(name)
        if name_bytes > MAXIMUM_NAME:
            raise MockValidationException(f"Attribute name is too large, must be less than {MAXIMUM_NAME + 1} bytes")
        size += name_bytes + _value_bytes(value)
    return size


def _levels(value: Any) -> int:
    kind, content = parts(value)
    nested = content.values() if kind == "M" else content if kind == "L" else ()
    return 1 + max(map(_levels, nested), default=0)


def _puts(operation: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the items that a request puts, each with its table."""
    if operation == "put_item":
        yield body["TableName"], body["Item"]
    elif operation == "batch_write_item":
        for name, requests in body["RequestItems"].items():
            yield from ((name, request["PutRequest"]["Item"]) for request in requests if "PutRequest" in request)
    else:
        for member in body["TransactItems"]:
            if "Put" in member:
                yield member["Put"]["TableName"], member["Put"]["Item"]


def _check_puts(operation: str) -> None:
    answer = getattr(DynamoHandler, operation)

    def checked(handler: DynamoHandler) -> Any:
        request: bytes = handler.raw_body
        # An item takes less than its JSON, and JSON as shallow as most needs no search.
        large = len(request) > MAXIMUM_NAME
        nested = request.count(b'"M"') + request.count(b'"L"') >= MAXIMUM_LEVELS
        for table, item in _puts(operation, handler.body):
            if nested and max(map(_levels, item.values()), default=0) > MAXIMUM_LEVELS:
                raise MockValidationException(_TOO_DEEP)
            if large and item_bytes(item) > MAXIMUM_BYTES:
                raise ItemSizeTooLarge
            check_index_keys(handler.dynamodb_backend.get_table(table), item, updated=False)
        return answer(handler)

    setattr(DynamoHandler, operation, checked)


def _check_updates() -> None:
    update = DynamoDBBackend.update_item

    def checked(backend: DynamoDBBackend, table_name: str, *args: Any, **named: Any) -> Item:
        item = update(backend, table_name, *args, **named)
        if item_bytes(item.attrs) > MAXIMUM_BYTES:
            raise ItemSizeToUpdateTooLarge
        if max(map(_levels, item.attrs.values()), default=0) > MAXIMUM_LEVELS:
            raise MockValidationException(_TOO_DEEP)
        check_index_keys(backend.get_table(table_name), item.attrs, updated=True)
        return item

    DynamoDBBackend.update_item = checked  # type: ignore[method-assign]


def apply() -> None:
    """Check before `tables` lets writes happen together, so that what is refused here is undone there."""
    del LimitedSizeDict.__setitem__
    for operation in ("put_item", "batch_write_item", "transact_write_items"):
        _check_puts(operation)
    _check_updates()
