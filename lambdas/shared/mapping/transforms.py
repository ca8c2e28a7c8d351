"""The transforms by name: what a document's name and arguments add to what reads a value."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping import moments, numbers, texts
from lambdas.shared.mapping.expressions import ReadScope, Scope, compile_expression
from lambdas.shared.mapping.limits import Meter

Arguments = Mapping[str, Any]
Transform = Callable[[ReadScope], ReadScope]
"""Adds a step after what reads a value. A null passes by every step but that of a default."""


def _plain(step: Callable[[Any], Any]) -> Transform:
    def transform(read: ReadScope) -> ReadScope:
        def stepped(scope: Scope, meter: Meter) -> Any:
            found = read(scope, meter)
            return None if found is None else step(found)

        return stepped

    return transform


def _in_scope(step: Callable[[Any, Scope, Meter], Any]) -> Transform:
    def transform(read: ReadScope) -> ReadScope:
        def stepped(scope: Scope, meter: Meter) -> Any:
            found = read(scope, meter)
            return None if found is None else step(found, scope, meter)

        return stepped

    return transform


def _default(value: Any) -> Transform:
    def transform(read: ReadScope) -> ReadScope:
        def stepped(scope: Scope, meter: Meter) -> Any:
            found = read(scope, meter)
            return value if found is None else found

        return stepped

    return transform


TRANSFORMS: Mapping[str, Callable[[Arguments], Transform]] = {
    "minorUnits": lambda given: _in_scope(
        numbers.minor_units(compile_expression(given["currency"]), given.get("exponents", {}))
    ),
    "epoch": lambda given: _plain(moments.epoch(given["unit"])),
    "timestamp": lambda given: _plain(moments.timestamp(given.get("format"), given.get("zone"))),
    "moment": lambda given: _plain(moments.moment(given["unit"], given.get("zone"))),
    "notBefore": lambda given: _plain(moments.not_before(given["day"])),
    "later": lambda given: _plain(moments.later(given["seconds"])),
    "date": lambda given: _plain(moments.day(given.get("format"))),
    "trim": lambda given: _plain(texts.on_text(str.strip)),
    "upper": lambda given: _plain(texts.on_text(str.upper)),
    "lower": lambda given: _plain(texts.on_text(str.lower)),
    "text": lambda given: _plain(texts.as_text),
    "integer": lambda given: _plain(numbers.integer),
    "decimal": lambda given: _plain(numbers.decimal(given.get("point", "."), given.get("groups"))),
    "enum": lambda given: _plain(texts.enum(given["values"], given.get("default"))),
    "boolean": lambda given: _plain(texts.boolean(given["trueWords"], given["falseWords"])),
    "split": lambda given: _plain(texts.split(given["separator"], given.get("part"))),
    "prefix": lambda given: _in_scope(
        texts.prefix(compile_expression(given["with"]), given["separator"], given.get("values"))
    ),
    "numbered": lambda given: _in_scope(texts.numbered(compile_expression(given["in"]))),
    "ending": lambda given: _plain(texts.ending(given["values"])),
    "join": lambda given: _plain(texts.join(given["separator"])),
    "default": lambda given: _default(given["value"]),
    "nullIf": lambda given: _plain(texts.null_if(given["values"])),
    "sum": lambda given: _plain(numbers.total),
    "product": lambda given: _plain(numbers.product(given.get("scale"))),
    "reference": lambda given: _plain(texts.reference(given.get("key", "id"))),
}


def transformed(read: ReadScope, document: Sequence[Sequence[Any]]) -> ReadScope:
    """What reads a value and takes it through a document's transforms, in order; raise ConfigurationError."""
    for name, arguments in document:
        make = TRANSFORMS.get(name)
        if make is None:
            raise ConfigurationError(f"a mapping uses the unknown transform {name!r}")
        read = make(arguments)(read)
    return read
