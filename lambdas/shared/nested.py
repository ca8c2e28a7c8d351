"""Objects, maps, arrays and JSON values: their canonical form, and every violation with its place.

An object has its members in the order of the contract, without those that are null. An array keeps its order and holds
no null. The names of a map are sorted, and none of its values is null. A JSON value is a `Json`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from lambdas.shared.canonical import canonical_value, shown
from lambdas.shared.errors import Violation
from lambdas.shared.json_value import Json, UnfitJsonError
from lambdas.shared.places import in_brackets
from lambdas.shared.schema import FieldRule
from lambdas.shared.unknown_fields import unknown_member

MAX_NAME = 255  # characters of a name in a map


def canonical_nested(
    rule: FieldRule, value: object, found: list[Violation], place: str = "", *, partial: bool = False
) -> Any:
    """The canonical form of a value as far as it has one; what it violates is added to `found`.

    None where the value as a whole has none. Of a partial update, a null in an object or map says what is removed, and
    stays.
    """
    place = place or rule.name
    match rule.type:
        case "object":
            return _object(rule, value, found, place, partial=partial)
        case "array":
            return _array(rule, value, found, place)
        case "map":
            return _map(rule, value, found, place, partial=partial)
        case "json":
            return _json(rule, value, found, place)
        case _:
            return _scalar(rule, value, found, place)


def stored_bytes(value: Any) -> int:
    """What a value takes in an item of DynamoDB, at most.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value).items()
        return 3 + sum(1 + len(name.encode()) + stored_bytes(inner) for name, inner in entries)
    if isinstance(value, list):
        return 3 + sum(1 + stored_bytes(inner) for inner in cast("list[Any]", value))
    return len(str(value).encode()) + 2


def plain(value: Any, *, json_texts: bool = False) -> Any:
    """The value without nulls, and without what JSON values hold: they become their texts, or an empty object."""
    if isinstance(value, Json):
        return value.text if json_texts else {}
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return {name: plain(inner, json_texts=json_texts) for name, inner in entries if inner is not None}
    if isinstance(value, list):
        return [plain(inner, json_texts=json_texts) for inner in cast("list[Any]", value)]
    return value


def _object(rule: FieldRule, value: object, found: list[Violation], place: str, *, partial: bool) -> Any:
    members = _names(rule, value, found, place)
    if members is None:
        return None
    made: dict[str, Any] = {}
    for name, inner in rule.fields.items():
        given = members.get(name)
        if given is not None:
            made_of = canonical_nested(inner, given, found, f"{place}.{name}", partial=partial)
            if made_of is not None:
                made[name] = made_of
        elif partial and name in members:
            made[name] = None
    found += [unknown_member(rule, name, place) for name in members if name not in rule.fields]
    return made


def _array(rule: FieldRule, value: object, found: list[Violation], place: str) -> Any:
    assert rule.element is not None
    if not isinstance(value, list):
        return _broken(rule, found, place, "must be a list", value)
    made: list[Any] = []
    for position, given in enumerate(cast("list[Any]", value)):
        where = f"{place}[{position}]"
        if given is None:
            found.append(Violation(where, "required", "must not be null"))
        made.append(None if given is None else canonical_nested(rule.element, given, found, where))
    return made


def _map(rule: FieldRule, value: object, found: list[Violation], place: str, *, partial: bool) -> Any:
    assert rule.element is not None
    entries = _names(rule, value, found, place)
    if entries is None:
        return None
    made: dict[str, Any] = {}
    for name, given in sorted(entries.items()):
        where = f"{place}{in_brackets(rule, name)}"
        if not _is_name(name):
            found.append(Violation(where, "map_key", f"its name must be a text of 1 to {MAX_NAME} characters"))
        elif given is None:
            if partial:
                made[name] = None
            else:
                found.append(Violation(where, "required", "must not be null"))
        else:
            made_of = _scalar(rule.element, given, found, where)
            if made_of is not None:
                made[name] = made_of
    return made


def _json(rule: FieldRule, value: object, found: list[Violation], place: str) -> Json | None:
    try:
        return value if isinstance(value, Json) else Json.of(value)
    except UnfitJsonError as error:
        found.append(Violation(place, error.rule, str(error)))
        return None


def _scalar(rule: FieldRule, value: object, found: list[Violation], place: str) -> Any:
    made = canonical_value(rule, value)
    if isinstance(made, Violation):
        found.append(Violation(place, made.rule, made.message))
        return None
    if rule.is_bounded:
        found.extend(out_of_range(rule, made, place))
    return made


def out_of_range(rule: FieldRule, value: Any, place: str) -> Iterator[Violation]:
    """The bounds of a decimal or a time that a canonical value breaks; JSON Schema knows none of texts."""
    if rule.earliest is not None and value < rule.earliest:
        yield Violation(place, "minimum", f"must be at least {rule.earliest}{shown(rule, value)}")
    if rule.latest is not None and value > rule.latest:
        yield Violation(place, "maximum", f"must be at most {rule.latest}{shown(rule, value)}")
    if rule.type != "decimal":
        return
    number = Decimal(value)
    if rule.minimum is not None and number < rule.minimum:
        yield Violation(place, "minimum", f"must be at least {rule.minimum}{shown(rule, number)}")
    if rule.maximum is not None and number > rule.maximum:
        yield Violation(place, "maximum", f"must be at most {rule.maximum}{shown(rule, number)}")


def _names(rule: FieldRule, value: object, found: list[Violation], place: str) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    return _broken(rule, found, place, "must be an object", value)


def _broken(rule: FieldRule, found: list[Violation], place: str, problem: str, value: object) -> None:
    found.append(Violation(place, "type", problem + shown(rule, value)))


def _is_name(name: str) -> bool:
    try:
        return 0 < len(name) <= MAX_NAME and bool(name.encode())
    except UnicodeEncodeError:
        return False
