"""Payloads with one of their values replaced or removed, as texts in which every number keeps its digits."""

import json
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.sampled_from([
    *(0, 1, -1, 7, 1099, 10**12, 10**17, 10**18, 10**19, 10**30, 1700000000, 1700000000123, 1700000000123456),
    *map(Decimal, ["1.0", "1.50", "-0.0", "0.00000001", "1E+3", "1e-7", "12345678901234567890.123", "17.1234567"]),
])  # fmt: skip
TEXTS = st.sampled_from([
    *("", " ", "usd", "EUR", "eur ", "Ü", "ﬀ", "x:y", ":x", "{", "[", "{}", "[]", "null", "true", "True", "no"),
    *('"', "\\", '":1', ", 1", "a-b-c", "a/b"),
    *("0", "-0", "+1", "1099", "1.50", "007", "1e3", ".5", "1,5", "1.234,50", "1700000000", "BTC-USD", "BTC/USD"),
    *("2024-01-01", "2024-02-30", "2024-01-01T00:00:00Z", "2024-01-01t10:00:00.1234567+01:30", "2024-01-01 10:00:60Z"),
    *("2024-01-01T24:00:00Z", "2024-01-01T10:00:00", "0999-01-01T00:00:00Z", "20240131-10:00:00.123", "0000-01-01"),
    *("\x1f a \t", "a\nb", "\u2028", "\U0001f600", "captured", "card", "BTCUSDT", "USDT"),
    *("2024-01-01T10:00:00+24:00", "2024-01-01T10:00:00+00:60", "31.12.2024", "9999-12-31T23:59:59-01:00"),
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.text(max_size=6).filter(lambda text: text.isprintable()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", ":b", "key"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def written(value: Any) -> str:
    """A value as JSON of one line, decimals with their digits."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


@st.composite
def mutated(draw: st.DrawFn, payloads: list[Any]) -> str:
    """One of the payloads, changed in up to two places."""
    payload = deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(0, 2))):
        places = _places(payload)
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        if draw(st.integers(0, 3)):
            container[key] = draw(JSON)
        else:
            del container[key]
    return written(payload)


def changed_everywhere(payload: Any, *values: Any) -> Iterator[Any]:
    """The payload with each of its values replaced, one at a time, by each of these."""
    for place in range(len(_places(payload))):
        for value in values:
            changed = deepcopy(payload)
            container, key = _places(changed)[place]
            container[key] = value
            yield changed


def _places(payload: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [payload]
    while waiting:
        value = waiting.pop()
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            found.append((value, key))
            waiting.append(value[key])
    return found
