"""A payload as it may be shown: its own names, order and digits, and no value that may be personal.

Shown are only values of fields that the contract knows and does not call personal, under their own names or aliases.
A value under a misspelt name may be anything, so it is masked too, and so is a whole payload that is no JSON.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from txplatform.contracts.model import Contract
from txplatform.dead_letters.visible import ITEM, Path, Visible, visible_in

MASK = "***"


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class _Object:
    """An object with its names as they come, the doubled ones too."""

    pairs: tuple[tuple[str, Any], ...]


def shown_payload(payload: str, contract: Contract | None, *, personal: bool) -> str:
    """Return the payload, indented where it is JSON; with `personal`, nothing of it is masked.

    Without a contract, all its values are masked.
    """
    try:
        value = json.loads(
            payload,
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_Number,
            object_pairs_hook=lambda pairs: _Object(tuple(pairs)),
        )
        return "".join(_rendered(value, (), None if personal else visible_in(contract), "\n"))
    except (ValueError, RecursionError):
        return payload if personal else f"{MASK} ({len(payload)} characters that are no JSON, or nested too deeply)"


def _rendered(value: Any, path: Path, visible: Visible | None, line: str) -> Iterator[str]:
    inner = f"{line}  "
    if isinstance(value, _Object):
        yield "{"
        for place, (name, item) in enumerate(value.pairs):
            yield f"{',' if place else ''}{inner}{_text(name)}: "
            yield from _rendered(item, (*path, name), visible, inner)
        yield f"{line}}}" if value.pairs else "}"
    elif isinstance(value, list):
        yield "["
        for place, item in enumerate(cast("list[Any]", value)):
            yield f"{',' if place else ''}{inner}"
            yield from _rendered(item, (*path, ITEM), visible, inner)
        yield f"{line}]" if value else "]"
    elif value is None or visible is None or visible.shows(path):
        yield value.text if isinstance(value, _Number) else _text(value)
    else:
        yield _text(MASK)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
