"""Evaluates the forms of DAX that measures are written in, over rows, with the types that Power BI has.

A fixed decimal is a Decimal, a whole number an int, a decimal number a float. No row is BLANK, which is None.
Functions: https://learn.microsoft.com/dax/dax-function-reference
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Rows = Sequence[Mapping[str, Any]]

_TOKEN = re.compile(r"'(?P<table>(?:[^']|'')+)'(?:\[(?P<column>\w+)\])?|(?P<function>[A-Z]+)\(|(?P<number>\d+)|[=,)]")


def evaluate(expression: str, table: str, rows: Rows) -> Any:
    """The value of a measure over the rows of a table that are in its context."""
    tokens = list(_TOKEN.finditer(expression))
    assert "".join(token[0] for token in tokens) == expression.replace(" ", ""), expression
    return _Evaluation(tokens, table, rows).value()


class _Evaluation:
    """The place in an expression."""

    def __init__(self, tokens: list[re.Match[str]], table: str, rows: Rows) -> None:
        self._tokens = tokens
        self._table = table
        self._rows = rows

    def value(self) -> Any:
        found = self._operand()
        if self._tokens and self._tokens[0][0] == "=":
            self._tokens.pop(0)
            return found == self._operand()
        return found

    def _operand(self) -> Any:
        token = self._tokens.pop(0)
        if token["number"]:
            return int(token["number"])
        if token["table"]:
            assert token["table"] == self._table
            return [row[token["column"]] for row in self._rows] if token["column"] else self._rows
        arguments = [self.value()]
        while self._tokens.pop(0)[0] == ",":
            arguments.append(self.value())
        return _FUNCTIONS[token["function"]](*arguments)


def _present(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _sum(values: Sequence[Any]) -> Any:
    return sum(_present(values)) if _present(values) else None


def _divide(dividend: Any, divisor: Any) -> Any:
    return None if dividend is None or not divisor else float(dividend) / float(divisor)


def _round(number: Any, digits: int) -> Any:
    if number is None:
        return None
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "COUNTROWS": lambda rows: len(rows) or None,
    "DIVIDE": _divide,
    "HASONEVALUE": lambda values: len(set(values)) == 1,
    "IF": lambda condition, value: value if condition else None,
    "MAX": lambda values: max(_present(values), default=None),
    "ROUND": _round,
    "SUM": _sum,
}
