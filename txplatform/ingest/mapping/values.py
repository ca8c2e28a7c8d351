"""The value of a field over columns: its sources, then its transforms in order, then what its type takes as it is."""

from collections.abc import Mapping
from typing import Any

from txplatform.contracts.mapping.model import Transform, ValueMapping
from txplatform.contracts.model import Field, FieldType
from txplatform.ingest.mapping import vector_moments as moments
from txplatform.ingest.mapping import vector_numbers as numbers
from txplatform.ingest.mapping import vector_texts as of_text
from txplatform.ingest.mapping.columns import Columns
from txplatform.ingest.mapping.terms import Scope, Term, UnvectorisedError, first_of, inside, term_of
from txplatform.ingest.mapping.vectors import MARK, NO, Kind, Vector, constant, texts

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = rf"^{_DAY}T{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-]{_CLOCK})$"


def value_of(value: ValueMapping, scope: Scope, columns: Columns, exponents: Mapping[str, int]) -> Vector:
    """The vector of a value; raise UnvectorisedError where it has none. `exponents` are those of ISO 4217."""
    transforms = list(value.transforms)
    if not value.sources:
        vector = constant(value.constant)
    else:
        term = first_of([term_of(source, scope) for source in value.sources])
        vector = _of_a_term(term, transforms, columns)
    while transforms:
        vector = _next(vector, transforms, scope, columns, exponents)
    return vector


def accepted(field: Field, vector: Vector) -> Vector:
    """The texts of a field, sound where the function and the lane take them for the same value."""
    if field.alignment.values and field.type is not FieldType.STRING:
        return texts(vector.where(NO))
    match field.type:
        case FieldType.STRING:
            text = texts(vector)
            return text.where(text.text.str.len_bytes() == text.text.str.len_chars()) if field.alignment.case else text
        case FieldType.DECIMAL:
            return numbers.numbers(vector)
        case FieldType.INTEGER:
            if vector.kind is not Kind.NUMBER:
                vector = vector.where(vector.text.str.starts_with(MARK) if vector.kind is Kind.TOKEN else NO)
            number = numbers.numbers(vector)
            return number.where(number.text.str.contains(r"^-?[0-9]{1,18}$"))
        case FieldType.BOOLEAN:
            if vector.kind is Kind.TOKEN:
                word = vector.text.is_in([f"{MARK}true", f"{MARK}false"])
                return Vector(vector.text.str.strip_prefix(MARK), Kind.BOOLEAN, vector.where(word).sound)
            return vector if vector.kind in (Kind.BOOLEAN, Kind.NULL) else vector.where(NO)
        case FieldType.DATE:
            text = texts(vector)
            return text.where(text.text.str.contains(f"^{_DAY}$"))
        case FieldType.TIMESTAMP:
            text = texts(vector)
            return text.where(text.text.str.contains(_MOMENT))
        case _:  # objects and lists, which no column of texts holds
            return vector.where(NO)


def _of_a_term(term: Term, transforms: list[Transform], columns: Columns) -> Vector:
    """The vector of a term, after the transform that needs the term itself, if it comes first."""
    match transforms:
        case [Transform("reference", arguments), *_]:
            transforms.pop(0)
            return of_text.reference(columns, term, inside(term, arguments.get("key", "id")))
        case [Transform("join", arguments), *_]:
            transforms.pop(0)
            return of_text.joined(columns, term, arguments["separator"])
        case [Transform("product", arguments), *_]:
            transforms.pop(0)
            return numbers.product(columns, term, arguments.get("scale"))
        case _:
            return columns.vector(term)


def _next(
    vector: Vector, transforms: list[Transform], scope: Scope, columns: Columns, exponents: Mapping[str, int]
) -> Vector:
    """The vector after the first of the transforms, which is taken off."""
    transform = transforms.pop(0)
    given: Mapping[str, Any] = transform.arguments

    def read(name: str) -> Vector:
        return columns.vector(term_of(given[name], scope))

    match transform.name:
        case "minorUnits":
            return numbers.minor_units(vector, read("currency"), {**exponents, **given.get("exponents", {})})
        case "epoch":
            return moments.epoch(vector, given["unit"])
        case "timestamp":
            return moments.timestamp(vector, given.get("format"), given.get("zone"))
        case "moment":
            return moments.moment(vector, given["unit"], given.get("zone"))
        case "notBefore":
            return moments.not_before(vector, given["day"])
        case "date":
            return moments.day(vector, given.get("format"))
        case "trim" | "upper" | "lower" | "text":
            return _PLAIN[transform.name](vector)
        case "integer":
            return numbers.integer(vector)
        case "decimal":
            return numbers.decimal(vector, given.get("point", "."), given.get("groups"))
        case "enum":
            return of_text.enum(vector, given["values"], given.get("default"))
        case "boolean":
            return of_text.boolean(vector, given["trueWords"], given["falseWords"])
        case "split" if given.get("part") is not None:
            return of_text.part_of_split(vector, given["separator"], given["part"])
        case "split" if transforms and transforms[0].name == "join":
            return of_text.joined_again(vector, given["separator"], transforms.pop(0).arguments["separator"])
        case "prefix":
            return of_text.prefix(vector, read("with"), given["separator"], given.get("values"))
        case "ending":
            return of_text.ending(vector, given["values"])
        case "default":
            return of_text.default(vector, given["value"])
        case "nullIf":
            return of_text.null_if(vector, given["values"])
        case name:
            raise UnvectorisedError(name)


_PLAIN = {"trim": of_text.trim, "upper": of_text.upper, "lower": of_text.lower, "text": of_text.as_text}
