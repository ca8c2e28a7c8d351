"""One ODCS property as one Field, with every rule that concerns the field alone."""

import re
from decimal import Context, Decimal

from txplatform.contracts.alignment import check_alignment, read_alignment
from txplatform.contracts.document import Section
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.ownership import read_tags
from txplatform.contracts.patterns import unportable

NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,62}")
RESERVED_NAMES = {
    "dt": "the day of a file in the lake",
    "pk": "the key attribute of the DynamoDB table",
}
MAX_PRECISION = 38
_EXACT = Context(prec=100)  # the default context rounds to 28 digits

_KEYS = frozenset({
    "name", "logicalType", "physicalType", "required", "primaryKey", "primaryKeyPosition", "partitioned",
    "partitionKeyPosition", "classification", "logicalTypeOptions", "quality", "customProperties",
    "id", "businessName", "description", "examples", "tags", "authoritativeDefinitions", "criticalDataElement",
})  # fmt: skip
_CLASSIFICATIONS = ("public", "internal", "personal")

_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")
# ODCS before 3.1 has no logical type for timestamps: there they are dates with a physical type.
_TYPES: dict[tuple[str, str | None], FieldType] = {
    ("string", None): FieldType.STRING,
    ("string", "varchar"): FieldType.STRING,
    ("integer", None): FieldType.INTEGER,
    ("integer", "bigint"): FieldType.INTEGER,
    ("boolean", None): FieldType.BOOLEAN,
    ("boolean", "boolean"): FieldType.BOOLEAN,
    ("date", None): FieldType.DATE,
    ("date", "date"): FieldType.DATE,
    ("date", "timestamp"): FieldType.TIMESTAMP,
    ("timestamp", None): FieldType.TIMESTAMP,
    ("timestamp", "timestamp"): FieldType.TIMESTAMP,
}
_LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp")
_OPTIONS = {
    FieldType.STRING: ("pattern", "minLength", "maxLength"),
    FieldType.INTEGER: ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    FieldType.DECIMAL: ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}


def read_field(source: Section) -> Field:
    """Read one property of the schema's object; raise ContractError."""
    name = _name(source)
    source = source.named(name)
    source.allow_only(_KEYS)
    kind, precision, scale = _type(source)
    options = source.section("logicalTypeOptions")
    options.allow_only(_OPTIONS.get(kind, ()))
    minimum, maximum = _range(options, scale or 0)
    field = Field(
        name=name,
        type=kind,
        description=source.text("description"),
        required=source.flag("required"),
        precision=precision,
        scale=scale,
        enum=_enum(source, kind),
        pattern=_pattern(options),
        min_length=options.whole_number("minLength"),
        max_length=options.whole_number("maxLength"),
        minimum=minimum,
        maximum=maximum,
        personal=source.choice("classification", _CLASSIFICATIONS, default="internal") == "personal",
        alignment=read_alignment(source),
        example=_example(source, kind),
        tags=read_tags(source),
    )
    _check_bounds(source, field)
    check_alignment(source, field)
    return field


def _name(source: Section) -> str:
    name = source.text("name")
    source = source.named(name)
    if name.startswith("_"):
        raise source.error("names that begin with '_' are the platform's own columns", "drop the underscore")
    if not NAME_PATTERN.fullmatch(name):
        raise source.error("is no valid field name", "use lower-case letters, digits and '_', a letter first")
    if name in RESERVED_NAMES:
        raise source.error(f"the name is reserved for {RESERVED_NAMES[name]}", f"rename it, e.g. '{name}_value'")
    return name


def _type(source: Section) -> tuple[FieldType, int | None, int | None]:
    logical = source.choice("logicalType", _LOGICAL_TYPES)
    physical = source.optional_text("physicalType")
    if logical == "number":
        match = _DECIMAL.fullmatch(physical or "")
        if not match:
            problem = f"a number needs an exact physicalType, not '{physical}'"
            raise source.error(problem, "write physicalType: decimal(18,2), with the digits you need")
        precision, scale = int(match[1]), int(match[2])
        if not (1 <= precision <= MAX_PRECISION and scale <= precision):
            problem = f"{physical} is impossible: 1 ≤ precision ≤ {MAX_PRECISION} and scale ≤ precision"
            raise source.error(problem, f"choose a precision up to {MAX_PRECISION} and a scale within it")
        return FieldType.DECIMAL, precision, scale
    kind = _TYPES.get((logical, physical))
    if kind is None:
        expected = [text for (name, text) in _TYPES if name == logical and text]
        problem = f"physicalType '{physical}' does not fit logicalType '{logical}'"
        raise source.error(problem, f"use physicalType {' or '.join(expected)}")
    return kind, None, None


def _range(options: Section, scale: int) -> tuple[Decimal | None, Decimal | None]:
    """Both bounds inclusive: an exclusive one moves by the smallest step that the type can hold."""
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


def _enum(source: Section, kind: FieldType) -> tuple[str, ...]:
    """The values of a library check 'no invalidValues'; other checks would go unenforced and are refused."""
    values: tuple[str, ...] = ()
    for check in source.sections("quality"):
        if check.choice("type", ("library", "text"), default="library") == "text":
            continue
        check.allow_only(("id", "name", "description", "type", "metric", "rule", "arguments", "validValues", "mustBe"))
        check.choice("metric" if check.has("metric") else "rule", ("invalidValues",))
        if check.number("mustBe") != 0:
            raise source.error("the check 'invalidValues' tolerates invalid values", "set mustBe: 0")
        arguments = check.section("arguments") if check.has("arguments") else check
        if values or not arguments.has("validValues"):
            raise source.error("needs exactly one list 'validValues'", "give arguments: {validValues: [...]} once")
        values = arguments.texts("validValues")
        if not values:
            raise source.error("'validValues' is empty", "list at least one value")
    if values and kind is not FieldType.STRING:
        raise source.error(f"'validValues' on a {kind}", "use logicalType: string, or minimum and maximum")
    return values


def _pattern(options: Section) -> str | None:
    pattern = options.optional_text("pattern")
    if pattern is None:
        return None
    piece = unportable(pattern)
    if piece:
        remedy = "spell classes out ([0-9] for \\d), escape what is meant literally, leave out anchors, repeat less"
        raise options.error(f"'pattern' holds '{piece}', which not all engines read as a regular expression", remedy)
    try:
        re.compile(pattern)
    except re.error as error:
        raise options.error(f"'pattern' is no regular expression ({error})", "correct it") from error
    return pattern


def _example(source: Section, kind: FieldType) -> str | int | bool | None:
    """The first of `examples`, in canonical form: what documentation of the API shows."""
    expected = {FieldType.INTEGER: int, FieldType.BOOLEAN: bool}.get(kind, str)
    for example in source.values("examples"):
        if type(example) is not expected:
            problem = f"the example {example!r} is not the canonical form of a {kind}"
            raise source.error(problem, f"write it as YAML {expected.__name__}; decimals and times in quotes")
    return next(iter(source.values("examples")), None)


def _check_bounds(source: Section, field: Field) -> None:
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
