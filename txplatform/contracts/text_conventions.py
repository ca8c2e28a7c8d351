"""Reads in which other ways texts of files write values: `texts` in the custom property `files` of a contract."""

from zoneinfo import available_timezones

from txplatform.contracts.date_formats import date_format_pattern
from txplatform.contracts.keys.files import FILES
from txplatform.contracts.keys.text_conventions import FIELD_TEXTS, TEXTS
from txplatform.contracts.model import NESTED, Field, TextConventions
from txplatform.contracts.section import Section


def read_text_conventions(custom: Section, fields: tuple[Field, ...]) -> dict[str, TextConventions]:
    """The conventions of each field that has any; raise ContractError."""
    files = custom.section("files", FILES)
    files.check_keys()
    texts = files.section("texts", TEXTS)
    texts.check_keys()
    single = texts.named_sections("fields", FIELD_TEXTS)
    scalars = {field.name for field in fields if field.type not in NESTED}
    for name, section in single.items():
        if name not in scalars:
            problem = f"'{texts.name_of('fields')}' names '{name}', which is no field of one value"
            raise texts.error(problem, "name a field that is no object and no array")
        section.check_keys()
    of_all = _conventions(texts, None)
    found = {name: _conventions(single[name], of_all) if name in single else of_all for name in sorted(scalars)}
    return {name: conventions for name, conventions in found.items() if conventions != TextConventions()}


def _conventions(source: Section, of_all: TextConventions | None) -> TextConventions:
    base = of_all or TextConventions()
    made = TextConventions(
        decimal_char=source.choice("decimalChar", base.decimal_char),
        group_char=source.choice("groupChar") if source.has("groupChar") else base.group_char,
        loose_numbers=source.flag("looseNumbers") if source.has("looseNumbers") else base.loose_numbers,
        missing_values=source.texts("missingValues") if source.has("missingValues") else base.missing_values,
        trim=source.flag("trim") if source.has("trim") else base.trim,
        date_format=_format(source, "dateFormat", times=False) or base.date_format,
        timestamp_format=_format(source, "timestampFormat", times=True) or base.timestamp_format,
        default_timezone=_timezone(source) or base.default_timezone,
        loose_zones=source.flag("looseZones") if source.has("looseZones") else base.loose_zones,
    )
    if made.group_char == made.decimal_char:
        problem = f"'{source.name_of('groupChar')}' is the character before the decimal places"
        raise source.error(problem, "declare another groupChar, or the decimalChar too")
    return made


def _format(source: Section, key: str, *, times: bool) -> str | None:
    pattern = source.optional_text(key)
    try:
        return None if pattern is None else date_format_pattern(pattern, times=times)
    except ValueError as error:
        example = "dd.MM.yyyy HH:mm:ss" if times else "dd.MM.yyyy"
        raise source.error(f"'{source.name_of(key)}' is '{pattern}': {error}", f"write it as {example}") from error


def _timezone(source: Section) -> str | None:
    zone = source.optional_text("defaultTimezone")
    if zone is not None and zone not in available_timezones():
        problem = f"'{source.name_of('defaultTimezone')}' is '{zone}'"
        raise source.error(problem, "name a zone of the IANA database, such as Europe/Prague, or UTC")
    return zone
