"""Says which differences of two OpenAPI documents break a client of the former.

DeepDiff finds the differences; `_RULES` says what each means. References are replaced by what they refer to, so that
each difference lies on the side of the request or on that of the answer: a request breaks where its schema is narrowed,
an answer where it is widened. Of two patterns nobody can say in general which allows more, so that a changed one breaks
on both sides. Words for people do not count.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, cast

Json = Any

_WORDS = ("description", "summary", "title", "example", "examples", "tags", "deprecated")
_METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
_SETS = ("required", "enum", "type")  # lists whose order says nothing
_PROPERTIES = "properties"
_RECORD_RULES = "x-record-rules"  # by name: one more refuses what was taken before
_PERSONAL = "x-personal"  # of which a client without the scope sees nothing any more
_ASKS_FOR_CONDITION = "428"  # the one error that a request gets which was right before
_TIME_BOUNDS = ("x-minimum", "x-maximum")  # of which JSON Schema knows none
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", _TIME_BOUNDS[0])
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", _TIME_BOUNDS[1])


class Kind(Enum):
    ADDED = auto()
    REMOVED = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where it is, and the values before and after, None where there is none."""

    kind: Kind
    place: tuple[str, ...]
    former: Json
    present: Json

    def __str__(self) -> str:
        return f"{' '.join(self.place)} was {self.kind.name.lower()}"


def breaking_changes(former: Mapping[str, Json], present: Mapping[str, Json]) -> list[str]:
    """List the changes that break a client of `former`, each as its place and what happened to it."""
    changes = _changes(*_unequal(_comparable(former), _comparable(present)))
    return sorted({str(change) for change in changes if _breaks(change)})


def _changes(former: Json, present: Json) -> Iterator[Change]:
    from deepdiff import DeepDiff  # takes half a second, and only those need it who compare

    # By default, mappings that share few keys are one change as wholes; these were left with their differences alone.
    kinds = {"dictionary_item_added": Kind.ADDED, "dictionary_item_removed": Kind.REMOVED}
    for name, found in cast(
        "dict[str, Any]", DeepDiff(former, present, view="tree", threshold_to_diff_deeper=0)
    ).items():
        for level in found:
            values = (None if kinds.get(name) is Kind.ADDED else level.t1, level.t2)
            place = tuple(map(str, level.path(output_format="list")))
            yield Change(kinds.get(name, Kind.CHANGED), place, *values)


def _comparable(document: Mapping[str, Json]) -> dict[str, Json]:
    """The operations by path and method, with references replaced, lists that are sets as sets, and without words."""
    resolved = cast("dict[str, Any]", _resolved(document["paths"], document))
    operations: dict[str, Json] = {}
    for path, item in resolved.items():
        shared = item.get("parameters", {})
        operations[path] = {
            method: {**item[method], "parameters": {**shared, **item[method].get("parameters", {})}}
            for method in _METHODS
            if method in item
        }
    return operations


def _unequal(former: Json, present: Json) -> list[Json]:
    """Both without what is the same in both: DeepDiff would look through it in half a second."""
    if not (isinstance(former, dict) and isinstance(present, dict)):
        return [former, present]
    one, other = cast("dict[str, Any]", former), cast("dict[str, Any]", present)
    left: dict[str, Any] = {key: value for key, value in one.items() if key not in other or other[key] != value}
    right: dict[str, Any] = {key: value for key, value in other.items() if key not in one or one[key] != value}
    for key in left.keys() & right.keys():
        left[key], right[key] = _unequal(left[key], right[key])
    return [left, right]


def _resolved(item: Json, document: Mapping[str, Json], name: str = "") -> Json:
    if isinstance(item, list):
        listed = cast("list[Any]", item)
        if name == "parameters":
            resolved = [_resolved(value, document) for value in listed]
            return {f"{value['in']} {value['name']}": value for value in resolved}
        if name == "security":
            return {scheme: dict.fromkeys(scopes, True) for option in listed for scheme, scopes in option.items()}
        if name in _SETS:
            return {str(value): True for value in listed}
        return {str(place): _resolved(value, document) for place, value in enumerate(listed)}
    if not isinstance(item, dict):
        return {item: True} if name == "type" else item
    fields = cast("dict[str, Any]", item)
    if "$ref" in fields:
        target: Any = document
        for part in str(fields["$ref"]).removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        return _resolved(target, document, name)
    named = name in ("properties", "paths", _RECORD_RULES)  # keys that are names of the API, not keywords
    return {
        key: _resolved(value, document, "" if named else key)
        for key, value in fields.items()
        if named or key in (_PERSONAL, _RECORD_RULES, *_TIME_BOUNDS) or not (key in _WORDS or key.startswith("x-"))
    }


def _breaks(change: Change) -> bool:
    place = change.place
    if len(place) <= 2:  # a path, or a method of one
        return change.kind is Kind.REMOVED
    rule = _RULES.get(place[2])
    return rule is None or rule(change, place[3:])


def _parameter(change: Change, rest: tuple[str, ...]) -> bool:
    if len(rest) <= 1:
        return change.kind is Kind.REMOVED or any(_required_of(change.present, whole=not rest))
    if rest[1] == "required":
        return bool(change.present) and change.kind is not Kind.REMOVED
    return rest[1] != "schema" or _narrows(change, rest[2:])


def _required_of(parameters: Json, *, whole: bool) -> Iterator[bool]:
    for parameter in parameters.values() if whole else [parameters]:
        yield bool(parameter.get("required"))


def _body(change: Change, rest: tuple[str, ...]) -> bool:
    if not rest:
        return change.kind is Kind.REMOVED or bool(change.present.get("required"))
    if rest[0] == "required":
        return bool(change.present) and change.kind is not Kind.REMOVED
    if len(rest) <= 2:
        return change.kind is Kind.REMOVED
    return _narrows(change, rest[3:])


def _answer(change: Change, rest: tuple[str, ...]) -> bool:
    if len(rest) <= 1:
        return change.kind is Kind.REMOVED or (
            bool(rest) and (rest[0].startswith("2") or rest[0] == _ASKS_FOR_CONDITION)
        )
    if rest[1] == "headers" or len(rest) <= 3:
        return change.kind is Kind.REMOVED
    return _widens(change, rest[4:])


def _security(change: Change, rest: tuple[str, ...]) -> bool:
    """Another scheme is another way in; a removed one, or a scope more, shuts somebody out."""
    if not rest:
        return change.kind is not Kind.REMOVED
    return change.kind is (Kind.REMOVED if len(rest) == 1 else Kind.ADDED)


_RULES: Mapping[str, Callable[[Change, tuple[str, ...]], bool]] = {
    "parameters": _parameter,
    "requestBody": _body,
    "responses": _answer,
    "security": _security,
    "operationId": lambda change, rest: True,  # the name that generated clients give to the call
}


def _narrows(change: Change, place: tuple[str, ...]) -> bool:
    return _effect(change, place)[0] or (_is_property(place) and change.kind is Kind.REMOVED)


def _widens(change: Change, place: tuple[str, ...]) -> bool:
    return _effect(change, place)[1] or (_is_property(place) and change.kind is Kind.REMOVED)


def _effect(change: Change, place: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether fewer values satisfy a schema than before, and whether more do; `place` is where it changed in it."""
    added, removed = change.kind is Kind.ADDED, change.kind is Kind.REMOVED
    if not place or _is_property(place):
        return False, False
    keyword = place[-1]
    group = place[-2] if len(place) > 1 and place[-3:-2] != (_PROPERTIES,) else ""  # a field may have such a name too
    if group in _SETS:
        return (added, removed) if group == "required" else (removed, added)
    if group in ("anyOf", "oneOf"):
        return removed, added
    if added or removed:
        return added, removed
    if keyword == "additionalProperties" and isinstance(change.present, bool) and isinstance(change.former, bool):
        return change.former, change.present
    if keyword in _LEAST:
        return change.present > change.former, change.present < change.former
    if keyword in _MOST:
        return change.present < change.former, change.present > change.former
    return True, True


def _is_property(place: tuple[str, ...]) -> bool:
    return place[-2:-1] == (_PROPERTIES,) and place[-3:-2] != (_PROPERTIES,)
