"""What a cast of JSON reads, called by DuckDB with the text: as trino's JsonUtil does, or INVALID_CAST_ARGUMENT."""

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from txplatform.local.aws.athena import json_values
from txplatform.local.aws.athena.cast_texts import TEXTS
from txplatform.local.aws.athena.java_numbers import scientific
from txplatform.local.aws.athena.json_documents import Number, read, text_of
from txplatform.local.aws.athena.kinds import RefusedError

_WIDE = Context(prec=400)
_TRUE, _FALSE = ("t", "true", "1"), ("f", "false", "0")


def _refused(document: str | None, kind: str) -> RefusedError:
    return RefusedError("INVALID_CAST_ARGUMENT", f"Cannot cast '{document}' to {kind}")


def _read(document: str | None, kind: str) -> Any:
    """Return the value of a scalar, None for null; fail for an array or an object."""
    value = None if document is None else read(document)
    if isinstance(value, list | dict):
        raise _refused(document, kind)
    return value


def boolean(document: str | None) -> bool | None:
    value = _read(document, "boolean")
    if isinstance(value, Number):
        return float(value) != 0
    if isinstance(value, str):
        if value.lower() not in (*_TRUE, *_FALSE):
            raise _refused(document, "boolean")
        return value.lower() in _TRUE
    return value


def bigint(document: str | None, bits: int) -> int | None:
    value = _read(document, "bigint")
    if value is None:
        return None
    if isinstance(value, str) and not isinstance(value, Number) and not re.fullmatch(TEXTS["integer"], value):
        raise _refused(document, "bigint")
    if isinstance(value, Number) and not value.lstrip("-").isdigit():
        number = float(value)
        if not math.isfinite(number):
            raise _refused(document, "bigint")
        made = int(math.copysign(math.floor(abs(number) + 0.5), number))
    else:
        made = int(value)
    if not -(2 ** (bits - 1)) <= made < 2 ** (bits - 1):
        raise _refused(document, "bigint")
    return made


def double(document: str | None) -> str | None:
    value = _read(document, "double")
    if isinstance(value, str) and not isinstance(value, Number) and not re.fullmatch(TEXTS["double"], value):
        raise _refused(document, "double")
    return None if value is None else repr(float(value))


def decimal(document: str | None, digits: int, scale: int) -> str | None:
    value = _read(document, "decimal")
    if value is None:
        return None
    if isinstance(value, str) and not re.fullmatch(TEXTS["decimal"], value):
        raise _refused(document, "decimal")
    made = Decimal(int(value) if isinstance(value, bool) else value).quantize(
        Decimal(1).scaleb(-scale), ROUND_HALF_UP, _WIDE
    )
    if len(made.as_tuple().digits) > digits and made:
        raise _refused(document, f"decimal({digits},{scale})")
    return format(made, "f")


def varchar(document: str | None) -> str | None:
    value = _read(document, "varchar")
    if isinstance(value, Number) and not value.lstrip("-").isdigit():
        return scientific(repr(float(value)))
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def elements(document: str | None) -> list[str] | None:
    value = None if document is None else read(document)
    if value is not None and not isinstance(value, list):
        raise _refused(document, "array")
    return None if value is None else [text_of(item) for item in value]


def members(document: str | None) -> list[dict[str, str]] | None:
    value = None if document is None else read(document)
    if value is not None and not isinstance(value, dict):
        raise _refused(document, "map")
    return None if value is None else [{"key": text_of(key), "value": text_of(of)} for key, of in value.items()]


def rows(document: str | None, names: list[str]) -> list[list[str | None]] | None:
    """Return the fields of a row, by their names or their order, as the only element of a list."""
    value = None if document is None else read(document)
    if value is None:
        return None
    if isinstance(value, dict):
        by_name = {name.lower(): text_of(of) for name, of in value.items()}
        return [[by_name.get(name) for name in names]]
    if not isinstance(value, list) or len(value) != len(names):
        raise _refused(document, "row")
    return [[text_of(item) for item in value]]


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "json_bigint": (bigint, ["VARCHAR", "INTEGER"], "BIGINT"),
    "json_boolean": (boolean, ["VARCHAR"], "BOOLEAN"),
    "json_decimal": (decimal, ["VARCHAR", "INTEGER", "INTEGER"], "VARCHAR"),
    "json_double": (double, ["VARCHAR"], "VARCHAR"),
    "json_elements": (elements, ["VARCHAR"], "VARCHAR[]"),
    "json_members": (members, ["VARCHAR"], "STRUCT(key VARCHAR, value VARCHAR)[]"),
    "json_rows": (rows, ["VARCHAR", "VARCHAR[]"], "VARCHAR[][]"),
    "json_varchar": (varchar, ["VARCHAR"], "VARCHAR"),
}
ANY: dict[str, tuple[Callable[..., Any], str]] = {"json_text": (json_values.text, "VARCHAR")}
