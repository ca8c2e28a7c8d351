"""Expressions as terms over columns: paths, choices between them, and conditions; what has no such form is said.

A term is symbolic: a name that is read of a choice is read of both its sides. So `(data.object || @).status` becomes a
choice between two columns, and no object is ever made.
"""

from dataclasses import dataclass
from typing import Any, cast

from jmespath.parser import Parser

Step = str | int
Node = dict[str, Any]


class UnvectorisedError(Exception):
    """The expression or transform has no form for columns; the row engine evaluates it."""


@dataclass(frozen=True, slots=True)
class Path:
    """What lies along these steps within the payload (level 0), or within an item of a list (level 1 and more)."""

    level: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: null, a text, a number, true or false."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two terms."""

    condition: "Condition"
    then: "Term"
    otherwise: "Term"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of terms."""

    items: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a term is true as JMESPath has it: not null, not false, and not empty."""

    term: "Term"


@dataclass(frozen=True, slots=True)
class IsThere:
    """Whether a term is not null."""

    term: "Term"


@dataclass(frozen=True, slots=True)
class Equal:
    """Whether two terms are equal."""

    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class IsIn:
    """Whether a term is one of some texts."""

    term: "Term"
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasType:
    """Whether a term has a type of JMESPath."""

    term: "Term"
    type: str


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Condition"


Term = Path | Literal | Choice | Listing | Truth
Condition = Holds | IsThere | Equal | IsIn | HasType | Not
NULL = Literal(None)


@dataclass(frozen=True, slots=True)
class Scope:
    """What expressions read: the item, the payload, and the item of the step before."""

    item: Term
    payload: Term
    before: Term

    def entered(self, item: Term) -> "Scope":
        """The scope of an item that a step leads to."""
        return Scope(item, self.payload, self.item)


PAYLOAD = Scope(Path(0), Path(0), Path(0))


def term_of(expression: str, scope: Scope) -> Term:
    """The term that an expression is in a scope; raise UnvectorisedError where it has none."""
    root, node = parsed(expression)
    return _term(node, {"$": scope.payload, "^": scope.before}.get(root, scope.item))


def parsed(expression: str) -> tuple[str, Node]:
    """The root of an expression, `$`, `^` or empty, and its syntax tree."""
    root = expression[0] if expression[0] in "$^" else ""
    inner = expression[len(root) :].removeprefix(".") if root else expression
    return root, cast("Any", Parser().parse(inner)).parsed if inner else {"type": "identity"}


def first_of(terms: list[Term]) -> Term:
    """The first of some terms that is not null."""
    first, *rest = terms
    return Choice(IsThere(first), first, first_of(rest)) if rest else first


def inside(term: Term, step: Step) -> Term:
    """What has a name, or a place in a list, within a term."""
    match term:
        case Path(level, steps):
            return Path(level, (*steps, step))
        case Choice(condition, then, otherwise):
            return Choice(condition, inside(then, step), inside(otherwise, step))
        case Listing(items) if isinstance(step, int):
            return items[step] if -len(items) <= step < len(items) else NULL
        case _:
            return NULL


def _term(node: Node, current: Term) -> Term:
    children: list[Node] = node.get("children", [])
    match node["type"]:
        case "identity" | "current":
            return current
        case "field" | "index":
            return inside(current, node["value"])
        case "literal" if node["value"] is None or isinstance(node["value"], str | int):
            return Literal(node["value"])
        case "subexpression" | "index_expression" | "pipe":
            for child in children:
                current = _term(child, current)
            return current
        case "or_expression":
            left, right = (_term(child, current) for child in children)
            return Choice(Holds(left), left, right)
        case "and_expression":
            left, right = (_term(child, current) for child in children)
            return Choice(Holds(left), right, left)
        case "not_expression":
            return Truth(Not(Holds(_term(children[0], current))))
        case "comparator" if node["value"] in ("eq", "ne"):
            equal = _type_of(children, current) or Equal(*(_term(child, current) for child in children))
            return Truth(equal if node["value"] == "eq" else Not(equal))
        case "multi_select_list" if isinstance(current, Path) and not current.steps:
            return Listing(tuple(_term(child, current) for child in children))
        case "function_expression" if node["value"] == "contains":
            return _contains(children, current)
        case kind:
            raise UnvectorisedError(kind)


def _type_of(children: list[Node], current: Term) -> HasType | None:
    """The condition that a term has a type, where it is one."""
    called, literal = children
    if called["type"] == "function_expression" and called["value"] == "type" and literal["type"] == "literal":
        return HasType(_term(called["children"][0], current), str(literal["value"]))
    return None


def _contains(children: list[Node], current: Term) -> Term:
    """Whether a list of constant texts contains a term."""
    listed = _constants(children[0])
    if listed is None:
        raise UnvectorisedError("contains")
    return Truth(IsIn(_term(children[1], current), listed))


def _constants(node: Node) -> tuple[str, ...] | None:
    found = node["value"] if node["type"] == "literal" else None
    if node["type"] == "multi_select_list":
        found = [child["value"] if child["type"] == "literal" else None for child in node["children"]]
    if not isinstance(found, list) or not all(isinstance(item, str) for item in cast("list[Any]", found)):
        return None
    return tuple(cast("list[str]", found))
