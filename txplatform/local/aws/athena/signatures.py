"""How a function of Trino is called: what DuckDB has in its place, the kinds of its arguments, the type it returns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TEXT, BYTES, BOOLEAN, JSON = "VARCHAR", "BLOB", "BOOLEAN", "JSON"
NUMBER, INTEGER, MOMENT, ARRAY, MAP, LAMBDA, ANY = "number", "integer", "moment", "array", "map", "lambda", "any"
ELEMENT = "element"  # of the array that is the first argument
ABSENT = "absent"  # Trino takes such an argument, and the local Athena does not
MORE = "..."  # as many of the last kind as there are


@dataclass(frozen=True, slots=True)
class Function:
    """`result` is a type by DuckDB's name, "first" for that of the first argument, or a rule on that; "" for any."""

    target: str
    signatures: tuple[tuple[str, ...], ...]
    result: str = ""
    page: str = ""  # of https://trino.io/docs/current/functions/

    def kinds(self, count: int) -> tuple[str, ...] | None:
        """Return the kinds of so many arguments, None where the function does not take that many."""
        return next((kinds for signature in self.signatures for kinds in _spread(signature, count)), None)

    def calls(self, name: str) -> str:
        """Return how the function is called, for people."""
        return ", ".join(
            f"{name}({', '.join(kinds).lower().replace('|', ' or ').replace('blob', 'varbinary')})"
            for kinds in self.signatures
        )


def _spread(signature: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    if signature and signature[-1] == MORE:
        fixed = signature[:-1]
        if count >= len(fixed):
            yield (*fixed, *(fixed[-1],) * (count - len(fixed)))
    elif len(signature) == count:
        yield tuple(signature)


def function(target: str, *signatures: tuple[str, ...], result: str = "") -> Function:
    return Function(target, signatures, result)


def on_page(page: str, functions: dict[str, Function]) -> dict[str, Function]:
    """Say on which page of Trino's documentation some functions are described."""
    return {name: Function(of.target, of.signatures, of.result, page) for name, of in functions.items()}
