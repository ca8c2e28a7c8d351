"""The JMESPath functions that expressions may call, and the interpreter that counts what they visit.

Others read numbers as floats, or take longer than their input. A mapping is refused when it is compiled, where it calls
one of them: the contracts list the same functions. https://jmespath.org/specification.html
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jmespath.functions import TYPES_MAP, Functions, signature
from jmespath.visitor import Options, TreeInterpreter

from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.refusals import RefusedError

FUNCTIONS = frozenset((
    *("contains", "ends_with", "items", "join", "keys", "length", "map", "merge", "not_null", "reverse"),
    *("starts_with", "to_array", "type", "values"),
))  # fmt: skip


class _Functions(Functions):  # pyright: ignore[reportUntypedBaseClass]
    @signature({"types": ["object"]})
    def _func_items(self, arg: dict[str, Any]) -> list[Any]:
        return [[name, value] for name, value in arg.items()]

    @signature({"types": []})
    def _func_type(self, arg: Any) -> str:
        if isinstance(arg, Decimal):
            return "number"
        return TYPES_MAP.get(type(arg).__name__, "unknown")


_FUNCTIONS = _Functions()
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def compare(kind: str, left: Any, right: Any) -> bool | None:
    """Compare two values by a comparator of JMESPath; None where they have no order.

    Only one of them may be an object or list with something in it, since comparing two takes as long as they are.
    """
    if kind in _ORDERS:
        ordered = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
        return _ORDERS[kind](left, right) if ordered else None
    if isinstance(left, dict | list) and left and isinstance(right, dict | list) and right:
        raise RefusedError("expression", "compares two objects or lists")
    same = left == right and isinstance(left, bool) == isinstance(right, bool)
    return same if kind == "eq" else not same


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


class Interpreter(TreeInterpreter):  # pyright: ignore[reportUntypedBaseClass]
    """JMESPath's own interpreter, with numbers as exact as they came, and a bound on what it visits."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(Options(custom_functions=_FUNCTIONS))
        self._meter = meter

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """Evaluate one node at one value."""
        self._meter.spend(1)
        return super().visit(node, *args, **kwargs)

    def visit_comparator(self, node: Any, value: Any) -> Any:
        """Compare two values as `compare` does; JMESPath's own form has no bound."""
        left, right = (self.visit(child, value) for child in node["children"])
        return compare(node["value"], left, right)

    def visit_flatten(self, node: Any, value: Any) -> Any:
        """Flatten a list; what it copies is counted."""
        flat = super().visit_flatten(node, value)
        if flat is not None:
            self._meter.spend(len(flat))
        return flat
