"""Dates and timestamps as texts of files write them, brought into ISO 8601, timestamps with their zone."""

import polars as pl

from txplatform.contracts.model import TextConventions

_LOCAL = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?$"
_ZONE_NAME = r"^(.*[0-9]) ?(?:UTC|GMT|Z)$"
_HOURS = r"^(.*[T ][0-9:.]+) ?([+-][0-9]{2})(?::?([0-9]{2}))?$"


def iso_dates(texts: pl.Expr, conventions: TextConventions) -> pl.Expr:
    """The dates of the declared format as `2026-01-31`; any other text as it is."""
    if conventions.date_format is None:
        return texts
    return pl.coalesce(_day(_parts(texts, conventions.date_format)), texts)


def iso_timestamps(texts: pl.Expr, conventions: TextConventions) -> pl.Expr:
    """The timestamps of the declared forms in ISO 8601; any other text as it is."""
    if conventions.timestamp_format is not None:
        texts = pl.coalesce(_timestamp(conventions.timestamp_format, texts), texts)
    if conventions.loose_zones:
        stripped = texts.str.strip_chars()
        named = stripped.str.replace(_ZONE_NAME, "${1}Z")
        parts = named.str.extract_groups(_HOURS).struct
        minutes = parts.field("3").fill_null("00")
        texts = pl.coalesce(pl.concat_str(parts.field("1"), parts.field("2"), pl.lit(":"), minutes), named)
    if conventions.default_timezone is not None:
        texts = _zoned(texts, conventions.default_timezone)
    return texts


def _parts(texts: pl.Expr, pattern: str) -> pl.Expr:
    return texts.str.strip_chars().str.extract_groups(pattern)


def _day(parts: pl.Expr) -> pl.Expr:
    month, day = (parts.struct.field(name).str.zfill(2) for name in ("month", "day"))
    return pl.concat_str(parts.struct.field("year"), month, day, separator="-")


def _timestamp(pattern: str, texts: pl.Expr) -> pl.Expr:
    """Null where a text is not of the format."""
    parts = _parts(texts, pattern)

    def part(name: str, absent: str, before: str) -> pl.Expr:
        found = parts.struct.field(name) if f"?P<{name}>" in pattern else pl.lit(absent)
        return pl.concat_str(pl.lit(before), found)

    clock = [part("hour", "00", "T"), part("minute", "00", ":"), part("second", "00", ":")]
    if "?P<fraction>" in pattern:
        clock.append(part("fraction", "", "."))
    return pl.concat_str(_day(parts), *clock, part("zone", "", ""))


def _zoned(texts: pl.Expr, zone: str) -> pl.Expr:
    """Local times with the offset that the zone had then; a time that was twice or never there has none."""
    parts = texts.str.strip_chars().str.extract_groups(_LOCAL).struct
    local = pl.concat_str(parts.field("1"), pl.lit(" "), parts.field("2")).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
    )
    known = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    instant = known.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    seconds = (local - instant).dt.total_seconds()
    minutes = pl.when(seconds % 60 == 0).then(seconds.abs() // 60)  # before there were zones, offsets had seconds
    sign = pl.when(seconds < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    hours, rest = ((minutes // 60).cast(pl.String).str.zfill(2), (minutes % 60).cast(pl.String).str.zfill(2))
    return pl.coalesce(pl.concat_str(texts.str.strip_chars(), sign, hours, pl.lit(":"), rest), texts)
