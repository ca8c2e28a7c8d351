"""The transforms by name: what a document's name and arguments become."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping import moments, numbers, texts
from lambdas.shared.mapping.expressions import Scope, compile_expression
from lambdas.shared.mapping.limits import Meter

Step = Callable[[Any, Scope, Meter], Any]
Arguments = Mapping[str, Any]

DEFAULT = "default"  # the one that a null does not pass by


def _plain(step: Callable[[Any], Any]) -> Step:
    return lambda value, scope, meter: step(value)


def _default(value: Any) -> Step:
    return lambda given, scope, meter: value if given is None else given


TRANSFORMS: Mapping[str, Callable[[Arguments], Step]] = {
    "minorUnits": lambda given: numbers.minor_units(compile_expression(given["currency"]), given.get("exponents", {})),
    "epoch": lambda given: _plain(moments.epoch(given["unit"])),
    "timestamp": lambda given: _plain(moments.timestamp(given.get("format"), given.get("zone"))),
    "moment": lambda given: _plain(moments.moment(given["unit"], given.get("zone"))),
    "notBefore": lambda given: _plain(moments.not_before(given["day"])),
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
    "prefix": lambda given: texts.prefix(compile_expression(given["with"]), given["separator"], given.get("values")),
    "ending": lambda given: _plain(texts.ending(given["values"])),
    "join": lambda given: _plain(texts.join(given["separator"])),
    DEFAULT: lambda given: _default(given["value"]),
    "nullIf": lambda given: _plain(texts.null_if(given["values"])),
    "sum": lambda given: _plain(numbers.total),
    "product": lambda given: _plain(numbers.product(given.get("scale"))),
    "reference": lambda given: _plain(texts.reference(given.get("key", "id"))),
}


def compile_transforms(document: Sequence[Sequence[Any]]) -> tuple[tuple[Step, bool], ...]:
    """The steps of a document's transforms, each with whether it takes a null; raise ConfigurationError."""
    made: list[tuple[Step, bool]] = []
    for name, arguments in document:
        make = TRANSFORMS.get(name)
        if make is None:
            raise ConfigurationError(f"a mapping uses the unknown transform {name!r}")
        made.append((make(arguments), name == DEFAULT))
    return tuple(made)
