"""Reads the transforms of a value, with their arguments as the table of transforms lists them."""

import re
from collections.abc import Sequence
from typing import Any, cast

from txplatform.contracts.keys import Key, Kind
from txplatform.contracts.keys.transform import EXPRESSION_ARGUMENTS, TRANSFORMS
from txplatform.contracts.mapping.expressions import problem_of
from txplatform.contracts.mapping.model import Transform
from txplatform.contracts.section import Section

MAX_TRANSFORMS = 16  # of one value
_DIRECTIVES = frozenset("YmdbHMSfz%")
_ZONE = re.compile(r"Z|[+-](?:0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_SECONDS = 86_400
_DIGIT_OR_SIGN = re.compile(r"[0-9+-]")


def read_transforms(source: Section) -> tuple[Transform, ...]:
    """Read the list under `transforms`; raise ContractError."""
    values = source.values("transforms")
    if len(values) > MAX_TRANSFORMS:
        raise source.error(f"'{source.name_of('transforms')}' has {len(values)} steps", f"use at most {MAX_TRANSFORMS}")
    return tuple(
        _read_transform(source, f"{source.name_of('transforms')}[{position}]", value)
        for position, value in enumerate(values, start=1)
    )


def _read_transform(source: Section, where: str, value: Any) -> Transform:
    entries: dict[Any, Any] = {value: {}} if isinstance(value, str) else value
    if not isinstance(value, str | dict) or len(entries) != 1:
        problem = f"'{where}' is neither a name nor a mapping of one name to its arguments"
        raise source.error(problem, "write e.g. trim, or {split: {separator: '-'}}")
    name, arguments = next(iter(entries.items()))
    place = TRANSFORMS.get(name)
    if place is None:
        raise source.error(f"'{where}' is '{name}', which is no transform", f"use one of: {', '.join(TRANSFORMS)}")
    if not isinstance(arguments, dict):
        raise source.error(f"'{where}.{name}' has no mapping of arguments", f"write {{{name}: {{…}}}}")
    section = Section(source.path, source.field, cast("dict[Any, Any]", arguments), place, f"{where}.{name}")
    section.check_keys()
    for key in place.keys:
        if key.required and not section.has(key.name):
            raise section.error(f"'{section.name_of(key.name)}' is missing", f"write e.g. {key.name}: {key.example}")
    read = {key.name: _argument(section, name, key) for key in place.keys if section.has(key.name)}
    _check_format(section, read)
    if name == "ending":
        _check_endings(section, read["values"])
    return Transform(name, read)


def _argument(section: Section, transform: str, key: Key) -> Any:
    match key.kind:
        case Kind.COUNT if key.name == "seconds":
            return _seconds(section, key)
        case Kind.COUNT:
            return section.whole_number(key.name)
        case Kind.COUNT_MAPPING:
            return section.count_mapping(key.name)
        case Kind.TEXT_MAPPING:
            return section.text_mapping(key.name)
        case Kind.TEXTS:
            return _texts(section, key)
        case Kind.SCALAR:
            return section.scalar(key.name)
        case _:
            return _text(section, transform, key)


def _seconds(section: Section, key: Key) -> int:
    seconds = section.whole_number(key.name) or 0
    if not 0 < seconds <= _DAY_SECONDS:
        problem = f"'{section.name_of(key.name)}' is {seconds}"
        raise section.error(problem, f"use 1 to {_DAY_SECONDS} seconds")
    return seconds


def _texts(section: Section, key: Key) -> list[str]:
    """Return distinct texts, of which one may be empty: that of `nullIf` most often is."""
    values = section.values(key.name)
    if not values or not all(isinstance(value, str) for value in values) or len(set(values)) != len(values):
        problem = f"'{section.name_of(key.name)}' is no list of distinct texts"
        raise section.error(problem, f"write e.g. {key.name}: {key.example}, with every value in quotes")
    return values


def _text(section: Section, transform: str, key: Key) -> str:
    text = section.choice(key.name) if key.choices else section.optional_text(key.name)
    where = f"'{section.name_of(key.name)}'"
    if not text and (transform, key.name) != ("join", "separator"):
        raise section.error(f"{where} is empty", f"write e.g. {key.name}: {key.example}")
    text = text or ""
    if (transform, key.name) in EXPRESSION_ARGUMENTS:
        problem = problem_of(text)
        if problem:
            raise section.error(f"{where} {problem}", "correct the expression")
    if key.name in ("point", "groups") and (len(text) != 1 or _DIGIT_OR_SIGN.match(text)):
        raise section.error(f"{where} is '{text}'", "use one character that is neither a digit nor a sign")
    if key.name == "zone" and not _ZONE.fullmatch(text):
        raise section.error(f"{where} is '{text}'", "write Z, or an offset such as '+01:00'")
    if key.kind is Kind.DAY and not _DAY.fullmatch(text):
        raise section.error(f"{where} is '{text}'", "write a day as YYYY-MM-DD")
    return text


def _check_endings(section: Section, endings: Sequence[str]) -> None:
    for text in endings:
        longer = next((other for other in endings if other != text and other.endswith(text)), None)
        if not text or longer is not None:
            problem = f"'{section.name_of('values')}' has '{text}', with which '{longer or 'every text'}' ends"
            raise section.error(problem, "keep one of the two: of a text that ends with both, nobody can say which")


def _check_format(section: Section, read: dict[str, Any]) -> None:
    if read.get("point", ".") == read.get("groups"):
        raise section.error("the point and the separator of groups are the same", "use two different characters")
    text = read.get("format")
    if text is None:
        return
    where = f"'{section.name_of('format')}'"
    used = re.findall(r"%(.?)", text, re.DOTALL)
    unknown = [directive for directive in used if directive not in _DIRECTIVES]
    if unknown:
        raise section.error(f"{where} holds %{unknown[0]}", "use %Y %m %d %b %H %M %S %f %z and %% only")
    dated = [directive for directive in used if directive != "%"]
    if len(set(dated)) != len(dated):
        raise section.error(f"{where} repeats a part", "let each directive appear once")
    if "Y" not in dated or "d" not in dated or ("m" in dated) == ("b" in dated):
        raise section.error(f"{where} has no whole day", "use %Y, %d, and one of %m and %b")
