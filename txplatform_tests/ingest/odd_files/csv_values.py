"""CSV files whose values are odd: numbers, days and moments that are written in other ways."""

from txplatform.contracts.model import TextConventions
from txplatform_tests.ingest.odd_files.case import HEADER, Odd, line, table

_OPTIONAL = f"{HEADER},fee,settled_on,items_count"
_COMMA = {"fee": TextConventions(decimal_char=",")}
_GROUPS = {"fee": TextConventions(decimal_char=",", group_char=".")}
_LOOSE = {"fee": TextConventions(loose_numbers=True)}
_NULLS = {"fee": TextConventions(missing_values=("NULL",)), "settled_on": TextConventions(missing_values=("NULL",))}
_DAYS = {"settled_on": TextConventions(date_format="^(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})$")}
_LOCAL = {"updated_at": TextConventions(default_timezone="Europe/Prague")}
_ZONES = {"updated_at": TextConventions(loose_zones=True)}


def optional(fee: str = "", settled_on: str = "", items_count: str = "") -> str:
    return table(line("k1", f'"{fee}"', settled_on, items_count), header=_OPTIONAL)


def refused(identifier: str, rule: str = "type", **values: str) -> Odd:
    return Odd(identifier, "a.csv", optional(**values), (), {2: rule})


def accepted(identifier: str, texts: dict[str, TextConventions] | None = None, **values: str) -> Odd:
    return Odd(identifier, "a.csv", optional(**values), ("k1",), texts=texts or {})


def moment(identifier: str, text: str, rule: str = "", texts: dict[str, TextConventions] | None = None) -> Odd:
    data = table(line("k1", updated_at=text))
    return Odd(identifier, "a.csv", data, () if rule else ("k1",), {2: rule} if rule else {}, texts=texts or {})


CASES = (
    accepted("empty-values"),
    refused("decimal-comma", fee="1,50"),
    accepted("decimal-comma-declared", _COMMA, fee="1,50"),
    refused("thousands", fee="1.234,50"),
    accepted("thousands-declared", _GROUPS, fee="1.234,50"),
    Odd("thousands-wrong", "a.csv", optional(fee="1.23,50"), (), {2: "type"}, texts=_GROUPS),
    Odd("point-beside-comma", "a.csv", optional(fee="1.50"), (), {2: "type"}, texts=_COMMA),
    refused("bare-point", fee=".5"),
    accepted("bare-point-declared", _LOOSE, fee=".5"),
    refused("plus-sign", fee="+5"),
    accepted("plus-sign-declared", _LOOSE, fee="+5"),
    refused("null-word", fee="NULL"),
    accepted("null-words-declared", _NULLS, fee="NULL", settled_on="NULL"),
    refused("not-a-number", fee="NaN"),
    refused("infinity", fee="inf"),
    refused("currency-sign", fee="€5"),
    refused("percent", fee="5%"),
    refused("accounting-negative", fee="(5.00)"),
    refused("underscore", fee="1_000"),
    refused("arabic-digits", fee="١٢"),
    refused("hexadecimal", items_count="0x10"),
    refused("too-many-decimals", "scale", fee="1.00001"),
    accepted("zeros-behind", fee="1.50000000"),
    refused("too-many-digits", "precision", fee="123456789012345.00"),
    refused("negative", "minimum", fee="-1"),
    accepted("negative-zero", fee="-0.00"),
    accepted("leading-zeros", fee="0001.50"),
    accepted("spaces-around", fee=" 1.50 "),
    refused("fraction-of-a-whole-number", items_count="1.5"),
    accepted("whole-number-with-zeros", items_count="7.0"),
    refused("beyond-64-bits", items_count="9223372036854775808"),
    refused("day-first", settled_on="31/01/2026"),
    accepted("day-first-declared", _DAYS, settled_on="31/01/2026"),
    refused("two-digit-year", settled_on="31.01.26"),
    refused("day-as-digits", settled_on="20260131"),
    refused("day-as-excel-serial", settled_on="46053"),
    refused("no-such-day", settled_on="2026-02-30"),
    refused("day-with-time", settled_on="2026-01-31T00:00:00Z"),
    refused("day-zero", settled_on="0000-00-00"),
    moment("naive", "2026-01-31 10:00:00", "type"),
    moment("naive-declared", "2026-01-31 10:00:00", texts=_LOCAL),
    moment("naive-time-that-was-twice", "2026-10-25 02:30:00", "type", _LOCAL),
    moment("naive-time-that-never-was", "2026-03-29 02:30:00", "type", _LOCAL),
    moment("zone-of-hours", "2026-01-31 10:00:00+00", "type"),
    moment("zone-of-hours-declared", "2026-01-31 10:00:00+00", texts=_ZONES),
    moment("zone-by-name", "2026-01-31 10:00:00 UTC", "type"),
    moment("zone-by-name-declared", "2026-01-31 10:00:00 UTC", texts=_ZONES),
    moment("offset-without-colon", "2026-01-31T10:00:00+0100"),
    moment("lower-case-t-and-z", "2026-01-31t10:00:00z"),
    moment("seven-decimals", "2026-01-31T10:00:00.1234567Z", "precision"),
    moment("seven-decimals-of-zero", "2026-01-31T10:00:00.1234560Z"),
    moment("hour-24", "2026-01-31T24:00:00Z", "type"),
    moment("leap-second", "2026-12-31T23:59:60Z", "type"),
    moment("comma-before-the-fraction", '"2026-01-31T10:00:00,5Z"', "type"),
    moment("week-date", "2026-W05-6T10:00:00Z", "type"),
    moment("year-10000", "10000-01-01T00:00:00Z", "type"),
    moment("epoch-seconds", "1767225600"),
    moment("epoch-microseconds-for-seconds", "1767225600000000", "type"),
    moment("unknown-word", "tomorrow", "type"),
    Odd("unknown-status", "a.csv", table(line("k1", status="odd")), (), {2: "enum"}),
    Odd("status-by-its-other-name", "a.csv", table(line("k1", status="Succeeded")), ("k1",)),
    Odd("key-too-long", "a.csv", table(line("k" * 65)), (), {2: "max_length"}),
    Odd("key-absent", "a.csv", table(line("")), (), {2: "required"}),
    Odd("several-reasons", "a.csv", table(line("k1", amount="x", status="y")), (), {2: "enum type"}),
    Odd("formula", "a.csv", table(line("=1+1")), ("=1+1",)),
)
