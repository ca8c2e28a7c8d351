"""Reads the rules on a property's scalar values: bounds, lengths, allowed values, patterns and examples."""

import re
from decimal import Context, Decimal
from reprlib import repr as shortened

from txplatform.contracts.keys.field import ARGUMENTS, QUALITY
from txplatform.contracts.model import NESTED, Field, FieldType
from txplatform.contracts.patterns import unportable
from txplatform.contracts.section import Section

_EXACT = Context(prec=100)  # the default context rounds to 28 digits


def read_range(options: Section, scale: int) -> tuple[Decimal | None, Decimal | None]:
    """Return both bounds as inclusive ones: an exclusive one moves by the smallest step that the type can hold."""
    step = Decimal(1).scaleb(-scale)
    bounds: list[Decimal | None] = []
    for inclusive, exclusive, direction in (
        ("minimum", "exclusiveMinimum", step),
        ("maximum", "exclusiveMaximum", -step),
    ):
        if options.has(inclusive) and options.has(exclusive):
            raise options.error(f"has both '{inclusive}' and '{exclusive}'", "keep one of the two")
        open_bound = options.number(exclusive)
        bounds.append(options.number(inclusive) if open_bound is None else _EXACT.add(open_bound, direction))
    return bounds[0], bounds[1]


def read_enum(source: Section, kind: FieldType) -> tuple[str, ...]:
    """Return the values of a library check 'no invalidValues'. Other checks are refused, as nothing enforces them."""
    values: tuple[str, ...] = ()
    for check in source.sections("quality", QUALITY):
        check.check_keys()
        if check.choice("type", default="library") == "text":
            continue
        names = [key for key in ("metric", "rule") if check.has(key)]
        for key in names or ["metric"]:
            check.choice(key)
        if check.number("mustBe") != 0:
            raise source.error("the check 'invalidValues' tolerates invalid values", "set mustBe: 0")
        arguments = check.section("arguments", ARGUMENTS)
        arguments.check_keys()
        lists = [found for found in (arguments, check) if found.has("validValues")]
        if values or len(lists) != 1:
            raise source.error("needs exactly one list 'validValues'", "give arguments: {validValues: [...]} once")
        values = lists[0].texts("validValues")
        if not values:
            raise source.error("'validValues' is empty", "list at least one value")
    if values and kind is not FieldType.STRING:
        raise source.error(f"'validValues' on a {kind}", "use logicalType: string, or minimum and maximum")
    return values


def read_pattern(options: Section) -> str | None:
    """Return the pattern, which all engines read alike."""
    pattern = options.optional_text("pattern")
    if pattern is None:
        return None
    piece = unportable(pattern)
    if piece:
        remedy = "write classes out ([0-9] for \\d), escape what is meant literally, leave out anchors, repeat less"
        raise options.error(f"'pattern' holds '{piece}', which not all engines read as a regular expression", remedy)
    try:
        re.compile(pattern)
    except re.error as error:
        raise options.error(f"'pattern' is not a regular expression ({error})", "correct it") from error
    return pattern


def read_example(source: Section, kind: FieldType) -> str | int | bool | None:
    """Return the first of `examples`, which the API reference shows; raise ContractError where one is not canonical."""
    if kind in NESTED and source.has("examples"):
        raise source.error(f"'examples' on a {kind}", "give examples of what is within it")
    expected = {FieldType.INTEGER: int, FieldType.BOOLEAN: bool}.get(kind, str)
    for example in source.values("examples"):
        if type(example) is not expected:
            problem = f"the example {shortened(str(example))} is not the canonical form of a {kind}"
            raise source.error(problem, "write integers and booleans plainly, everything else in quotes")
    return next(iter(source.values("examples")), None)


def check_bounds(source: Section, field: Field) -> None:
    """Refuse bounds that no value of the field can satisfy or have."""
    for low, high, names in (
        (field.min_length, field.max_length, "'minLength' and 'maxLength'"),
        (field.minimum, field.maximum, "'minimum' and 'maximum'"),
    ):
        if low is not None and high is not None and low > high:
            raise source.error(f"no value can satisfy {names}", "swap or widen them")
    scale = field.scale or 0
    for bound in (field.minimum, field.maximum):
        if bound is None:
            continue
        steps = bound.scaleb(scale, _EXACT)
        if steps != steps.to_integral_value():
            problem = f"the bound {bound:f} has more decimal places than the type"
            raise source.error(problem, f"write it with {scale} decimal places at most")
        if bound.copy_abs() >= _limit(field):
            raise source.error(f"the bound {bound:f} does not fit the type", "choose a nearer bound, or drop it")


def _limit(field: Field) -> Decimal:
    if field.precision is None:
        return Decimal(2**63)
    return Decimal(10) ** (field.precision - (field.scale or 0))
