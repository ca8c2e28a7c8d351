"""AWS refuses DynamoDB expressions above 4,096 bytes or 300 operators and functions; moto takes any size, or fails.

The bytes are those of the expression as sent, with its placeholders. So are the placeholders limited, and all that they
stand for. Of UpdateExpressions AWS does not say the size. A single write's message stands behind an introduction.
moto makes a tree as deep as an UpdateExpression has actions: at 200 it is too deep for Python, and its checks slow.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
"""

import re
from collections.abc import Iterator
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.parsing.expressions import NestableExpressionParserMixin
from moto.dynamodb.responses import DynamoHandler

MAXIMUM_BYTES = 4096
MAXIMUM_OPERATORS = 300
MAXIMUM_PLACEHOLDER = 255
MAXIMUM_SUBSTITUTED = 2 << 20

_EXPRESSIONS = (
    "UpdateExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
)
_MAPS = ("ExpressionAttributeNames", "ExpressionAttributeValues")
_SINGLE_WRITES = ("put_item", "update_item", "delete_item")
_OTHERS = ("get_item", "query", "scan", "batch_get_item", "transact_get_items", "transact_write_items")
_SHORTEST_OPERATION = 2  # bytes that one operator takes with its operand, `+a`
_OPERATOR = re.compile(
    r"<>|[<>]=?|[=+-]|(?<![\w#:.])(?:AND|OR|NOT|IN|BETWEEN)\b|(?<![\w#:.])\w+\s*(?=\()", re.IGNORECASE
)


def _operators(name: str, expression: str) -> int:
    """Count comparisons, connectives, arithmetic and functions: neither SET's `=` nor the AND of a BETWEEN is one."""
    found = [match.strip().upper() for match in _OPERATOR.findall(expression)]
    if name == "UpdateExpression":
        return len(found) - found.count("=")
    return len(found) - found.count("BETWEEN")


def _reason(name: str, expression: str) -> str | None:
    size = len(expression.encode())
    if size > MAXIMUM_BYTES:
        shown = "" if name == "UpdateExpression" else f" expression size: {size}"
        return f"Invalid {name}: Expression size has exceeded the maximum allowed size;{shown}"
    if size > MAXIMUM_OPERATORS * _SHORTEST_OPERATION and _operators(name, expression) > MAXIMUM_OPERATORS:
        return f"Invalid {name}: The expression contains too many operators; operator count: {MAXIMUM_OPERATORS + 1}"
    return None


def _map_reason(name: str, given: dict[str, Any], request_bytes: int) -> str | None:
    for placeholder in given:
        if len(placeholder.encode()) > MAXIMUM_PLACEHOLDER:
            too_long = f"a key that is too long; size of key: {len(placeholder.encode())}"
            return f"{name} contains invalid key: The expression attribute map contains {too_long}"
    if request_bytes > MAXIMUM_SUBSTITUTED and _text_bytes(given) > MAXIMUM_SUBSTITUTED:
        return f"{name} exceeds max size"
    return None


def _text_bytes(value: Any) -> int:
    """Bytes of all texts in names or values, which are a little less than what AWS counts."""
    if isinstance(value, dict):
        return sum(len(name.encode()) + _text_bytes(held) for name, held in value.items())
    if isinstance(value, list):
        return sum(_text_bytes(held) for held in value)
    return len(value.encode()) if isinstance(value, str) else len(value) if isinstance(value, bytes) else 1


def _holders(operation: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the parts of a request that hold expressions."""
    if operation == "batch_get_item":
        yield from body["RequestItems"].values()
    elif operation.startswith("transact_"):
        for member in body["TransactItems"]:
            yield from member.values()
    else:
        yield body


def _reasons(operation: str, handler: DynamoHandler) -> Iterator[str | None]:
    request_bytes = len(handler.raw_body)
    for holder in _holders(operation, handler.body):
        for name in _EXPRESSIONS:
            if expression := holder.get(name):
                yield _reason(name, expression)
        for name in _MAPS:
            if given := holder.get(name):
                yield _map_reason(name, given, request_bytes)


def _limit(operation: str) -> None:
    answer = getattr(DynamoHandler, operation)
    introduction = "1 validation error detected: " if operation in _SINGLE_WRITES else ""

    def limited(handler: DynamoHandler) -> Any:
        for reason in _reasons(operation, handler):
            if reason is not None:
                raise MockValidationException(introduction + reason)
        return answer(handler)

    setattr(DynamoHandler, operation, limited)


def _side_by_side(parser: NestableExpressionParserMixin) -> Any:
    """Make one node of all clauses instead of one of the first and a node of the rest."""
    node: Any = parser._nestable_class()
    return node(children=list(parser.target_clauses))


def apply() -> None:
    NestableExpressionParserMixin._create_node = _side_by_side  # type: ignore[method-assign]
    for operation in (*_SINGLE_WRITES, *_OTHERS):
        _limit(operation)
