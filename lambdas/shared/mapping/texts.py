"""Transforms of texts and whole values."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from lambdas.shared.mapping.expressions import Expression, Scope
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.numbers import number
from lambdas.shared.mapping.refusals import RefusedError


def on_text(change: Callable[[str], str]) -> Callable[[Any], str]:
    """A transform of texts alone."""

    def step(value: Any) -> str:
        return change(_text(value))

    return step


def word_of(value: Any) -> str | None:
    """A scalar as the text by which mappings name it; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(number(value), "f") if isinstance(value, int | Decimal) else None


def as_text(value: Any) -> str:
    """The text of a scalar, digit for digit."""
    text = word_of(value)
    if text is None:
        raise RefusedError("type", "must be a text, a number, or true or false")
    return text


def enum(values: Mapping[str, str], default: str | None) -> Callable[[Any], str]:
    """Replace whole values."""

    def step(value: Any) -> str:
        word = word_of(value)
        found = default if word is None else values.get(word, default)
        if found is None:
            raise RefusedError("enum", "is not one of the values that the mapping lists")
        return found

    return step


def boolean(true_words: Sequence[str], false_words: Sequence[str]) -> Callable[[Any], bool]:
    """Read words as true or false."""
    words = {**dict.fromkeys(true_words, True), **dict.fromkeys(false_words, False)}

    def step(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        found = words.get(word_of(value) or "")
        if found is None:
            raise RefusedError("boolean", "is not one of the words that the mapping lists")
        return found

    return step


def split(separator: str, part: int | None) -> Callable[[Any], Any]:
    """Cut a text, and take one part where `part` says which."""

    def step(value: Any) -> Any:
        parts = _text(value).split(separator)
        if part is None:
            return parts
        if part >= len(parts):
            raise RefusedError("split", f"has no part {part}")
        return parts[part]

    return step


def prefix(first: Expression, separator: str, values: Mapping[str, str] | None) -> Callable[[Any, Scope, Meter], str]:
    """Put a text before the value, which makes an identifier unique that is so within something else only.

    `values` has the names of what stands before it, where the source has several for one thing.
    """

    def step(value: Any, scope: Scope, meter: Meter) -> str:
        before = word_of(first.value(scope, meter))
        if not before:
            raise RefusedError("prefix", f"has nothing at '{first.text}', which stands before it")
        if values is not None:
            if before not in values:
                raise RefusedError("prefix", f"has at '{first.text}' none of the texts that the mapping lists")
            before = values[before]
        return f"{before}{separator}{as_text(value)}"

    return step


def numbered(listed: Expression) -> Callable[[Any, Scope, Meter], str]:
    """Add to the value which of the equal items of a list the item is, where it is not the first.

    Items are lists of scalars: comparing others takes as long as they are deep.
    """

    def step(value: Any, scope: Scope, meter: Meter) -> str:
        item, items = scope.item, listed.value(scope, meter)
        if not isinstance(items, list) or not isinstance(item, list):
            raise RefusedError("type", f"must stand in a list of lists at '{listed.text}'")
        parts = cast("list[Any]", item)
        if any(isinstance(part, dict | list) for part in parts):
            raise RefusedError("type", "must be a list of texts and numbers")
        place = 1
        for other in cast("list[Any]", items):
            if other is item:
                break
            meter.spend(len(parts))
            place += other == item
        return as_text(value) if place == 1 else f"{as_text(value)}-{place}"

    return step


def ending(values: Sequence[str]) -> Callable[[Any], str]:
    """Which of these texts another ends with, after at least one character; none of them ends with another."""

    def step(value: Any) -> str:
        text = _text(value)
        for suffix in values:
            if text.endswith(suffix) and len(text) > len(suffix):
                return suffix
        raise RefusedError("ending", "ends with none of the texts that the mapping lists")

    return step


def join(separator: str) -> Callable[[Any], str | None]:
    """Join texts and whole numbers; None when one of them is null."""

    def step(value: Any) -> str | None:
        if not isinstance(value, list):
            raise RefusedError("type", "must be a list of texts")
        parts = cast("list[Any]", value)
        if any(part is None for part in parts):
            return None
        if not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
            raise RefusedError("type", "must be a list of texts and whole numbers")
        return separator.join(as_text(part) for part in parts)

    return step


def null_if(values: Sequence[str]) -> Callable[[Any], Any]:
    """Take these texts for an absent value."""
    absent = frozenset(values)
    return lambda value: None if isinstance(value, str) and value in absent else value


def reference(key: str) -> Callable[[Any], Any]:
    """The identifier that stands there, or that of the object which does."""

    def step(value: Any) -> Any:
        found = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else value
        if not isinstance(found, str) and (isinstance(found, bool) or not isinstance(found, int)):
            raise RefusedError("reference", f"must be an identifier, or an object with one at '{key}'")
        return found

    return step


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise RefusedError("type", "must be a text")
    return value
