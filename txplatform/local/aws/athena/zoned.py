"""Moments with a zone other than UTC, which DuckDB would drop: what they show is computed from the time in their zone.

https://trino.io/docs/current/functions/datetime.html. The zone of an expression shows in its looks; where one would
go unseen it is refused.
"""

from collections.abc import Sequence

from sqlglot import exp

from txplatform.local.aws.athena import formats, intervals, origins, zoned_parts, zones
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.precisions import digits_of
from txplatform.local.aws.athena.rewriting import call, each, refuse

_WITH_ZONE = (exp.DataType.Type.TIMESTAMPTZ,)
_READING = ("athena_local", "athena_local_by", "to_unixtime")
_KEEPING = (exp.Paren, exp.Alias, exp.Min, exp.Max, exp.AnyValue, exp.Nullif, exp.DateAdd, exp.DateTrunc,
            exp.TimestampTrunc, exp.Coalesce, exp.Subquery)  # fmt: skip
_TAKING = (  # what may have such a moment in it
    *_KEEPING, exp.Predicate, exp.Ordered, exp.Group, exp.Count, exp.Distinct, exp.CountIf, exp.DateDiff, exp.Values,
    exp.Tuple, exp.Add, exp.Sub,
)  # fmt: skip


def zone_of(node: exp.Expr) -> str:
    """Return the zone of a moment, UTC where nothing tells of another."""
    if found := node.meta.get(zoned_parts.ZONE):
        return found
    match node:
        case exp.Cast() if node.this.is_string and (found := _of_text(node)):
            return found[1]
        case exp.Cast() if node.to.this in _WITH_ZONE:
            return zone_of(node.this)
        case exp.AtTimeZone():
            return _literal(node.args["zone"])
        case exp.Anonymous():
            return _of_function(node)
        case exp.Column():
            return common(origins.of(node) or ())
        case exp.Add() | exp.Sub():
            return zone_of(node.this)
        case exp.Coalesce():
            return common([node.this, *node.expressions])
        case exp.Select():
            return zone_of(node.expressions[0]) if len(node.expressions) == 1 else zones.UTC
        case _:
            return zone_of(node.this) if isinstance(node, _KEEPING) and node.this is not None else zones.UTC


def _of_text(node: exp.Cast) -> tuple[str, str] | None:
    return zones.of_literal(node.this.name) if node.to.this in _WITH_ZONE else None


def _literal(zone: exp.Expr) -> str:
    if isinstance(interval := zone.unnest(), exp.Interval):
        milliseconds = intervals.milliseconds(interval)
        if milliseconds % 60_000:
            raise StatementError("INVALID_FUNCTION_ARGUMENT", "line 1:1: Invalid time zone offset interval")
        return zones.offset(milliseconds // 60_000)
    if not zone.is_string:
        raise refuse(f"the computed time zone {zone.sql('trino')[:60]}")
    return zones.named(zone.name)


def _of_function(node: exp.Anonymous) -> str:
    values = node.expressions
    match node.name.lower():
        case "at_timezone" | "with_timezone" | "from_unixtime" if len(values) == 2:
            return _literal(values[1])
        case "from_unixtime" if len(values) == 3:
            if not all(value.is_int for value in values[1:]):
                raise refuse("from_unixtime of a computed zone")
            hours, minutes = (int(value.to_py()) for value in values[1:])
            return zones.offset(hours * 60 + minutes)
        case "from_iso8601_timestamp" if len(values) == 1 and values[0].is_string:
            return formats.iso_zone(values[0].name)
        case _:
            return zones.UTC


def common(nodes: Sequence[exp.Expr]) -> str:
    """Return the zone that some expressions have; raise StatementError where they have several."""
    found = list(dict.fromkeys(map(zone_of, nodes)))
    if len(found) > 1:
        raise refuse(f"moments of the time zones {found[0]} and {found[1]} side by side")
    return found[0] if found else zones.UTC


def moments(tree: exp.Expr) -> exp.Expr:
    """Make moments of the instants that literals and functions name in a zone, and keep the zone with them."""

    def made(node: exp.Expr) -> exp.Expr | None:
        zone = zone_of(node)
        match node:
            case exp.Cast():
                found = _of_text(node) if node.this.is_string else None
                if found is None or zone == zones.UTC:
                    return None
                plain = exp.cast(exp.Literal.string(found[0]), "timestamp(6)")
                return zoned_parts.marked(zones.instant(plain, zone), zone, digits_of(node))
            case exp.AtTimeZone():
                return zoned_parts.marked(exp.cast(node.this.copy(), "timestamptz(6)"), zone, digits_of(node))
            case exp.Anonymous() if node.name.lower() == "at_timezone" and len(node.expressions) == 2:
                return zoned_parts.marked(exp.cast(node.expressions[0].copy(), "timestamptz(6)"), zone, digits_of(node))
            case exp.Anonymous() if node.name.lower() == "with_timezone" and len(node.expressions) == 2:
                plain = exp.cast(node.expressions[0].copy(), "timestamp(6)")
                return zoned_parts.marked(zones.instant(plain, zone), zone, digits_of(node))
            case exp.Anonymous() if node.name.lower() == "from_unixtime" and len(node.expressions) > 1:
                return zoned_parts.marked(call("from_unixtime", node.expressions[0].copy()), zone, digits_of(node))
            case exp.Anonymous() if node.name.lower() == "from_iso8601_timestamp" and zone != zones.UTC:
                found = formats.iso_local(node.expressions[0].name)
                return zoned_parts.marked(
                    zones.instant(exp.cast(exp.Literal.string(found), "timestamp(6)"), zone), zone, 3
                )
        return None

    return each(tree, (exp.Cast, exp.AtTimeZone, exp.Anonymous), made)


def seen(tree: exp.Expr) -> exp.Expr:
    """Refuse a moment of another zone where its zone would be lost."""
    for node in list(tree.walk()):
        if isinstance(node, exp.Query) or zone_of(node) == zones.UTC:
            continue
        outer = node.parent
        if isinstance(outer, exp.Select | exp.Tuple | exp.Values):
            origins.require_seen(node, "a moment of another time zone")
        elif not isinstance(outer, _TAKING) and not (isinstance(outer, exp.Anonymous) and outer.name in _READING):
            raise refuse(f"{node.sql('trino')[:60]}: a moment of another time zone at this place")
    return tree


def zoned(tree: exp.Expr) -> exp.Expr:
    """Make and show the moments of all zones."""
    tree = moments(tree)
    if all(node.meta.get(zoned_parts.ZONE, zones.UTC) == zones.UTC for node in tree.walk()):
        return tree
    return seen(zoned_parts.shown(tree, zone_of))


ALL = (zoned,)
