"""Maps one payload: to records, to reasons why not, or to the rule by which it is ignored."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from lambdas.shared.mapping.document import IgnoreRule, RecordRule, RefuseRule, SystemMapping
from lambdas.shared.mapping.expressions import Expression, Scope
from lambdas.shared.mapping.limits import Bounds, Meter
from lambdas.shared.mapping.members import map_members, steps_within
from lambdas.shared.mapping.origins import Item, pointer_of, pointer_within, source_of
from lambdas.shared.mapping.pointers import Places, Step
from lambdas.shared.mapping.refusals import Refusal, RefusedError
from lambdas.shared.mapping.values import Value
from lambdas.shared.operations import Operation

_NAME = re.compile("[a-z0-9_]+")  # of a field, with which a place begins


class MappedRecord(NamedTuple):
    """A record as mapped, before it is aligned and validated; `refused` are the values that could not be mapped."""

    rule: RecordRule
    operation: Operation
    fields: dict[str, Any]
    refused: tuple[Refusal, ...]
    item: Item
    places: Places

    def pointer(self, field: str) -> str:
        """Where the value of a field, or of a place within it, is in the payload; where it has no place, the item's."""
        name = _NAME.match(field)
        value = self.rule.fields.get(name[0] if name else field)
        return pointer_within(self.places, self.item, value, tuple(steps_within(field)))


class Mapped(NamedTuple):
    """What one payload yields. `ignored` is the reason of the rule by which it yields nothing."""

    records: tuple[MappedRecord, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    ignored: str | None = None


def map_payload(
    mapping: SystemMapping, payload: Any, bounds: Bounds | None = None, *, is_known: bool = False
) -> Mapped:
    """Map a payload, within the bounds of its message, of which it is by default the only one.

    `is_known` says that something outside it names the system, so that it need not match.
    """
    bounds = bounds or Bounds()
    meter = bounds.meter
    scope = Scope(payload, payload, payload)  # where a condition reads the payload, whatever its sign
    try:
        if mapping.match is not None and not is_known and not mapping.match.is_true(payload, meter):
            return Mapped(refusals=(Refusal("unrecognised", f"is no payload of {mapping.system}"),))
        rules: list[RecordRule] = []
        for rule in mapping.rules.rules(payload, meter):
            if isinstance(rule, IgnoreRule):
                return Mapped(ignored=rule.reason)
            if isinstance(rule, RefuseRule):
                return Mapped(refusals=(Refusal(rule.reason, rule.message),))
            rules.append(rule)
        if not rules:
            return Mapped(refusals=(Refusal("unmapped", "no rule of the mapping takes this payload"),))
        records: list[MappedRecord] = []
        refusals: list[Refusal] = []
        places = Places(payload, bounds)
        for rule in rules:
            _map_records(rule, scope, bounds, places, records, refusals)
    except RefusedError as error:
        return Mapped(refusals=(Refusal(error.rule, error.message),))
    return Mapped(tuple(records), tuple(refusals))


def _map_records(
    rule: RecordRule,
    scope: Scope,
    bounds: Bounds,
    places: Places,
    records: list[MappedRecord],
    refusals: list[Refusal],
) -> None:
    """Map the items of one rule; an item that is missing is refused, and the others go on."""
    meter = bounds.meter
    emptied = _Emptied(rule) if rule.operation == "patch" else None
    whole = Item(scope, ())
    for item in _items(rule.over, whole, meter) if rule.over else (whole,):
        bounds.take_record()
        meter.spend(len(rule.fields))
        if item.scope.item is None:
            pointer = pointer_of(places, item, None)
            refusals.append(Refusal("missing", "has nothing to map", rule.name, rule.entity, "", pointer))
            continue
        records.append(_map_record(rule, item, meter, places, emptied))


def _items(steps: tuple[Expression, ...], item: Item, meter: Meter) -> Iterator[Item]:
    """Yield what the steps of `over` lead to; an item without a value where one of them leads to nothing."""
    for position, expression in enumerate(steps, 1):
        scope = item.scope
        found = expression.value(scope, meter)
        place = expression.path if expression.base == 0 else None
        if isinstance(found, list):
            inner = cast("list[Any]", found)
            meter.spend(len(inner))
            for index, value in enumerate(inner):
                where = None if place is None else (*place, index)
                yield from _items(steps[position:], Item(Scope(value, scope.payload, scope.item), where), meter)
            return
        item = Item(Scope(found, scope.payload, scope.item), place)
        if found is None:
            break
    yield item


def _map_record(rule: RecordRule, item: Item, meter: Meter, places: Places, emptied: "_Emptied | None") -> MappedRecord:
    refused: list[Refusal] = []
    fields: dict[str, Any] = {}
    scope = item.scope
    for name, value in rule.fields.items():
        read = value.read
        try:
            found = read(scope, meter)
            if found is None:
                continue
            if value.members:
                found = _map_members(rule, name, value, found, item, meter, places, refused)
        except RefusedError as error:
            if error.rule == "too_costly":
                raise
            pointer = pointer_of(places, item, source_of(value, scope, places.meter))
            refused.append(Refusal(error.rule, error.message, rule.name, rule.entity, name, pointer))
        else:
            fields[name] = found
    operation = rule.operation
    if isinstance(operation, Value):
        operation = _operation(rule, operation, item, meter, places, refused)
    elif emptied is not None:
        fields.update(dict.fromkeys(emptied.fields(scope, meter, fields)))
    return MappedRecord(rule, operation, fields, tuple(refused), item, places)


def _map_members(
    rule: RecordRule,
    name: str,
    value: Value,
    found: Any,
    item: Item,
    meter: Meter,
    places: Places,
    refused: list[Refusal],
) -> Any:
    def refuse(place: str, member: Value, scope: Scope, error: RefusedError) -> None:
        source = source_of(member, scope, places.meter)
        pointer = pointer_of(places, Item(scope, item.place if scope is item.scope else None), source)
        refused.append(Refusal(error.rule, error.message, rule.name, rule.entity, place, pointer))

    return map_members(value, found, item.scope, meter, name, refuse)


class _Emptied:
    """What one rule's patches empty: the fields without a value that read what `nulled` names, or something within.

    The names are read once for all records that read them from the same place.
    """

    def __init__(self, rule: RecordRule) -> None:
        self._rule = rule
        self._place: Any = self  # which no expression reads from
        self._names: frozenset[tuple[str, ...]] = frozenset()

    def fields(self, scope: Scope, meter: Meter, present: dict[str, Any]) -> list[str]:
        """The fields that one record empties, beside those that it has."""
        nulled = self._rule.nulled
        if nulled is None:
            return []
        if scope[nulled.base] is not self._place:
            self._place, self._names = scope[nulled.base], _named(nulled.value(scope, meter), meter)
        if not self._names:
            return []
        return [
            name
            for name, value in self._rule.fields.items()
            if name not in present and any(_is_emptied(source, self._names, scope) for source in value.sources)
        ]


def _named(names: Any, meter: Meter) -> frozenset[tuple[str, ...]]:
    """The steps to each of the names that a payload lists."""
    listed = cast("list[Any]", names) if isinstance(names, list) else []
    meter.spend(len(listed))
    return frozenset(tuple(name.split(".")) for name in listed if isinstance(name, str) and name)


def _is_emptied(source: Expression, names: frozenset[tuple[str, ...]], scope: Scope) -> bool:
    """Whether the path of the source, or one that it is within, is among the names and leads to nothing."""
    value: Any = scope[source.base]
    passed: tuple[Step, ...] = ()
    for step in source.path or ():
        value = cast("dict[str, Any]", value).get(step) if isinstance(value, dict) and isinstance(step, str) else None
        passed = (*passed, step)
        if value is None and passed in names:
            return True
    return False


def _operation(
    rule: RecordRule, value: Value, item: Item, meter: Meter, places: Places, refused: list[Refusal]
) -> Operation:
    try:
        read = value.read(item.scope, meter)
        if read in ("upsert", "delete"):
            return read
        error = RefusedError("operation", "must be upsert or delete")
    except RefusedError as caught:
        error = caught
    pointer = pointer_of(places, item, source_of(value, item.scope, places.meter))
    refused.append(Refusal(error.rule, error.message, rule.name, rule.entity, "", pointer))
    return "upsert"
