"""Asks a payload which texts stand at the few places that most rules compare, once, and the rules for the rest alone.

With what stands there known, a condition becomes shorter, or true or false for all such payloads. What it says of a
payload, and whether it refuses it, stays the same: a property test compares both.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from lambdas.shared.mapping.closures import Node, Read, closure, is_true, steps_of, text_literal
from lambdas.shared.mapping.conditions import Holds, condition
from lambdas.shared.mapping.limits import Meter

_MOST_PLACES = 3  # the conditions of each combination of their texts are kept
_TOTAL = {"comparator", "and_expression", "or_expression", "not_expression", "subexpression", "pipe"}

_Rule = TypeVar("_Rule")
_Chain = tuple[Node, ...]  # the nodes that a value passes through in turn
_Texts = Mapping[str, str | None]  # by the name of the place; None is any other value than those that are compared


class Dispatch(Generic[_Rule]):
    """Rules in their order, each with the condition under which it takes a payload; None is true for all."""

    def __init__(self, rules: Sequence[tuple[_Rule, Node | None]]) -> None:
        self._rules = rules
        self._bases = _Bases()
        chains: dict[str, _Chain] = {}
        texts: dict[str, set[str]] = {}
        uses: Counter[str] = Counter()
        for _, when in rules:
            found = [] if when is None else list(_compared(when, ()))
            for chain, text in found:
                chains[_name(chain)] = chain
                texts.setdefault(_name(chain), set()).add(text)
            uses.update({_name(chain) for chain, _ in found})
        self._places = [name for name, _ in uses.most_common(_MOST_PLACES)]
        self._reads: list[tuple[int, Read, set[str]]] = [
            (self._bases.place(chains[name][:-1]), closure(chains[name][-1]), texts[name]) for name in self._places
        ]
        self._known: dict[tuple[str | None, ...], list[tuple[_Rule, int, Holds | None]]] = {}

    def rules(self, payload: object, meter: Meter) -> Iterator[_Rule]:
        """Yield the rules that take the payload, in their order; raise RefusedError where one cannot be asked."""
        bases = self._bases.values(payload, meter)
        standing: list[str | None] = []
        for base, read, texts in self._reads:
            text = read(bases[base], meter)
            standing.append(text if type(text) is str and text in texts else None)
        key = tuple(standing)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = list(self._shortened(key))
            bases = self._bases.values(payload, meter)
        for rule, base, holds in known:
            if holds is None or holds(bases[base], meter):
                yield rule

    def _shortened(self, standing: Sequence[str | None]) -> Iterator[tuple[_Rule, int, Holds | None]]:
        texts = dict(zip(self._places, standing, strict=True))
        for rule, when in self._rules:
            left = _TRUE if when is None else shortened(when, texts)
            if left["type"] == "pipe" and _is_total(left["children"][0]):
                passed, last = left["children"]
                yield rule, self._bases.place(tuple(_chained(passed))), condition(last)
            elif left["type"] != "literal":
                yield rule, 0, condition(left)
            elif is_true(left["value"]):
                yield rule, 0, None


class _Bases:
    """What conditions and places begin with, each read once; the first is the payload."""

    def __init__(self) -> None:
        self._chains: dict[str, tuple[int, Read]] = {}

    def place(self, chain: _Chain) -> int:
        """Where the value of a chain is among the values."""
        if not chain:
            return 0
        read = closure({"type": "pipe", "children": list(chain)})
        return self._chains.setdefault(_name(chain), (len(self._chains) + 1, read))[0]

    def values(self, payload: object, meter: Meter) -> list[object]:
        """The payload, and what each chain reads from it."""
        return [payload, *[read(payload, meter) for _, read in self._chains.values()]]


_TRUE: Node = {"type": "literal", "value": True, "children": []}
_FALSE: Node = {"type": "literal", "value": False, "children": []}


def shortened(node: Node, texts: _Texts, before: _Chain = ()) -> Node:
    """A node that is true where this one is, for a payload that has these texts at these places."""
    match node:
        case {"type": "comparator"}:
            for chain, text in _compared(node, before):
                if _name(chain) in texts:
                    return _TRUE if (texts[_name(chain)] == text) == (node["value"] == "eq") else _FALSE
        case {"type": "and_expression" | "or_expression" as kind, "children": [left, right]}:
            decides = kind == "or_expression"
            first, second = shortened(left, texts, before), shortened(right, texts, before)
            if first["type"] == "literal":
                return first if is_true(first["value"]) == decides else second
            if second["type"] == "literal" and _is_total(first):
                return second if is_true(second["value"]) == decides else first
            return {**node, "children": [first, second]}
        case {"type": "not_expression", "children": [inner]}:
            inner = shortened(inner, texts, before)
            if inner["type"] == "literal":
                return _FALSE if is_true(inner["value"]) else _TRUE
            return {**node, "children": [inner]}
        case {"type": "pipe", "children": [passed, last]} if _is_total(passed):
            last = shortened(last, texts, (*before, *_chained(passed)))
            return last if last["type"] == "literal" else {**node, "children": [passed, last]}
        case _:
            pass
    return node


def _compared(node: Node, before: _Chain) -> Iterator[tuple[_Chain, str]]:
    """Yield the places that a condition compares with a text, and the text."""
    match node:
        case {"type": "comparator", "value": "eq" | "ne", "children": [left, right]}:
            text = text_literal(right)
            if text is not None and _is_total(left):
                yield (*before, *_chained(left)), text
        case {"type": "and_expression" | "or_expression" | "not_expression", "children": children}:
            for child in children:
                yield from _compared(child, before)
        case {"type": "pipe", "children": [passed, last]} if _is_total(passed):
            yield from _compared(last, (*before, *_chained(passed)))
        case _:
            pass


def _name(chain: _Chain) -> str:
    """The name of a place, which is the same for two that are written alike."""
    return json.dumps(chain, default=str)


def _chained(node: Node) -> list[Node]:
    """The nodes that one value passes through in turn, however they are put together."""
    if node["type"] in ("pipe", "subexpression") and steps_of(node) is None:
        return [inner for child in node["children"] for inner in _chained(child)]
    return [node]


def _is_total(node: Node) -> bool:
    """Whether a node has a value for every payload; one that calls functions or compares two places may have none."""
    if steps_of(node) is not None or node["type"] == "literal":
        return True
    children: list[Node] = node["children"]
    if node["type"] == "comparator" and not any(_is_scalar(child) for child in children):
        return False
    return node["type"] in _TOTAL and all(map(_is_total, children))


def _is_scalar(node: Node) -> bool:
    return node["type"] == "literal" and not isinstance(node["value"], dict | list)
