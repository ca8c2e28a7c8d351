"""Each transform over columns says what the function's says, wherever it says that it can be relied on."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.jsonio import loads
from txplatform.contracts.keys.transform import TRANSFORMS
from txplatform.contracts.mapping.model import Transform, ValueMapping
from txplatform.ingest.mapping.columns import Columns
from txplatform.ingest.mapping.row_engine import RowEngine
from txplatform.ingest.mapping.terms import PAYLOAD, Path, UnvectorisedError
from txplatform.ingest.mapping.tokens import columns_of, readable
from txplatform.ingest.mapping.values import value_of
from txplatform.ingest.mapping.vectors import MARK, Kind, Vector, column_of
from txplatform_tests.ingest.mapping.files import CONTRACTS, SYSTEMS
from txplatform_tests.ingest.mapping.mutations import JSON, TEXTS, written

ENGINE = RowEngine(SYSTEMS["stripe"], CONTRACTS["payments"], CONTRACTS)


def of(*transforms: Any, sources: tuple[str, ...] = ("a",)) -> ValueMapping:
    """A value by its transforms, each a name or a name with arguments."""
    named = ((name, {}) if isinstance(name, str) else name for name in transforms)
    return ValueMapping(sources, None, tuple(Transform(name, arguments) for name, arguments in named))


FORM = {"format": "%Y%m%d-%H:%M:%S.%f", "zone": "Z"}
WORDS = {"trueWords": ["yes", "true"], "falseWords": ["no", "0"]}
VALUES: dict[str, tuple[ValueMapping, dict[str, Any]]] = {  # with a payload for which the columns must say it
    "plain": (of(), {"a": "x"}),
    "the first": (of(sources=("b", "a.id", "a")), {"a": {"id": "x"}}),
    "a choice": (of(sources=("b && a || c.key || 'none'",)), {"b": 1, "a": "x"}),
    "equal": (of("text", sources=("a == 'usd' && b != `0` && c != b",)), {"a": "usd", "b": 7}),
    "several": (of("text", sources=(" || ".join(f"a == '{place}'" for place in range(3)),)), {"a": "1"}),
    "many": (of("text", sources=(" || ".join(f"a == '{place}'" for place in range(50)),)), {"a": "49"}),
    "types": (of("text", sources=("type(a) == 'array' || type(a) == 'string'",)), {"a": "x"}),
    "contains": (of("text", sources=("!contains(['usd', 'EUR'], a)",)), {"a": "usd"}),
    "minorUnits": (of(("minorUnits", {"currency": "b", "exponents": {"ISK": 2}})), {"a": -5, "b": "usd"}),
    "epoch": (of(("epoch", {"unit": "s"})), {"a": Decimal("1700000000.1234567")}),
    "epoch in ms": (of(("epoch", {"unit": "ms"})), {"a": "1700000000123"}),
    "epoch in us": (of(("epoch", {"unit": "us"})), {"a": 1700000000123456}),
    "epoch in ns": (of(("epoch", {"unit": "ns"})), {"a": 170000000012345678}),
    "timestamp": (of("timestamp"), {"a": "2024-01-01t10:00:00.1234567+01:30"}),
    "timestamp in a zone": (of(("timestamp", {"zone": "-02:00"})), {"a": "2024-01-01T10:00:00"}),
    "timestamp of a form": (of(("timestamp", FORM)), {"a": "20240131-10:00:00.123"}),
    "moment": (of(("moment", {"unit": "ms"})), {"a": "2024-01-01T00:00:00Z"}),
    "notBefore": (of(("epoch", {"unit": "s"}), ("notBefore", {"day": "2001-01-01"})), {"a": 1700000000}),
    "date": (of("date"), {"a": "2024-01-01"}),
    "date of a form": (of(("date", {"format": "%d.%m.%Y"})), {"a": "31.12.2024"}),
    "trim": (of("trim"), {"a": " \u2028x\t"}),
    "upper": (of("upper"), {"a": "usd"}),
    "lower": (of("trim", "lower"), {"a": "EUR "}),
    "text": (of("text"), {"a": Decimal("1.50")}),
    "integer": (of("integer"), {"a": "007"}),
    "decimal": (of(("decimal", {"point": ",", "groups": "."})), {"a": "+1.234,50"}),
    "enum": (of(("enum", {"values": {"1": "one", "true": "yes", "x": "ex"}})), {"a": 1}),
    "enum with a default": (of(("enum", {"values": {"x": "ex"}, "default": "other"})), {"a": True}),
    "boolean": (of(("boolean", WORDS)), {"a": "yes"}),
    "split": (of(("split", {"separator": "-", "part": 1})), {"a": "BTC-USD"}),
    "split and joined": (of(("split", {"separator": "-"}), ("join", {"separator": "."})), {"a": "a-b-c"}),
    "prefix": (of(("prefix", {"with": "b", "separator": "-"})), {"a": 7, "b": "x"}),
    "prefix of a list": (of(("prefix", {"with": "b", "separator": "-", "values": {"x": "y"}})), {"a": 7, "b": "x"}),
    "ending": (of(("ending", {"values": ["USDT", "EUR", "BTC"]})), {"a": "BTCUSDT"}),
    "join": (of(("join", {"separator": "-"}), sources=("[a, 'x', b]",)), {"a": 7, "b": "y"}),
    "default": (of(("default", {"value": "none"})), {}),
    "nullIf": (of(("nullIf", {"values": ["", "no"]})), {"a": "x"}),
    "product": (of(("product", {"scale": 18}), sources=("[a, b]",)), {"a": "65000.10", "b": Decimal("-0.002")}),
    "reference": (of(("reference", {"key": "key"}), ("default", {"value": 0})), {"a": {"key": 7}}),
}  # fmt: skip
SHORT = [value for name, (value, _) in VALUES.items() if name != "many"]  # which alone costs as much as all others
BY_ROW = {  # transforms of which columns have no form
    "sum": of("sum"),
    "later": of(("later", {"seconds": 1})),
    "numbered": of(("numbered", {"in": "b"})),
}


def test_every_transform_is_here() -> None:
    used = {transform.name for value, _ in VALUES.values() for transform in value.transforms}
    assert used | set(BY_ROW) == set(TRANSFORMS)
    for value in BY_ROW.values():
        with pytest.raises(UnvectorisedError):
            value_of(value, PAYLOAD, Columns(None), ENGINE.exponents)


@pytest.mark.parametrize("name", VALUES)
def test_what_a_transform_is_for_is_not_left_to_the_row_engine(name: str) -> None:
    value, good = VALUES[name]
    lines = _lines([good])
    assert _sound_in_json(value, lines, readable(lines, [])) == {0}


@settings(max_examples=10)
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys("abc", JSON)), min_size=1, max_size=40))
def test_columns_of_json_say_what_the_function_says(payloads: list[dict[str, Any]]) -> None:
    lines = _lines(payloads)
    read = readable(lines, [])
    for value in SHORT:
        _sound_in_json(value, lines, read)


@settings(max_examples=10)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys("abc", TEXTS | st.none())), min_size=1, max_size=40))
def test_columns_of_texts_say_what_the_function_says(records: list[dict[str, Any]]) -> None:
    schema = {column_of(Path(0, (name,))): pl.String for name in "abc"}
    frame = pl.DataFrame([tuple(record[name] for name in "abc") for record in records], schema=schema, orient="row")
    frame = frame.with_row_index("at").with_columns(pl.lit(value=True).alias("fits"))
    texts = [written(record) for record in records]
    for value in SHORT:
        _compare(value, value_of(value, PAYLOAD, Columns("abc"), ENGINE.exponents), frame, texts)


def _lines(payloads: list[dict[str, Any]]) -> pl.Series:
    return pl.Series([written(payload) for payload in payloads], dtype=pl.String)


def _sound_in_json(value: ValueMapping, lines: pl.Series, read: pl.DataFrame) -> set[int]:
    columns = Columns(None)
    vector = value_of(value, PAYLOAD, columns, ENGINE.exponents)
    frame, fits = columns_of(0, read["quoted"], columns.used)
    return _compare(value, vector, frame.with_columns(read["at"], fits.alias("fits")), lines.to_list())


def _compare(value: ValueMapping, vector: Vector, frame: pl.DataFrame, texts: list[str]) -> set[int]:
    """Compare each value that can be relied on with the function's; return where there are any."""
    evaluate = ENGINE.evaluator(value)
    made = frame.select("at", vector.text.alias("text"), (vector.sound & pl.col("fits")).alias("sound"))
    for at, text, _ in made.filter("sound").iter_rows():
        payload = loads(texts[at])
        assert _value(vector.kind, text) == _typed(evaluate(payload, payload, payload)), texts[at]
    return set(made.filter("sound")["at"])


def _value(kind: Kind, text: str | None) -> Any:
    match kind:
        case _ if text is None:
            return None
        case Kind.TOKEN if text[:1] == MARK:
            return _value(Kind.BOOLEAN if text[1:2] in "tf" else Kind.NUMBER, text[1:])
        case Kind.TOKEN if text[:1] in "[{" and text:
            return "a list or an object"
        case Kind.NUMBER:
            return ("number", Decimal(text))
        case Kind.BOOLEAN:
            return text == "true"
        case _:
            return text


def _typed(value: Any) -> Any:
    if isinstance(value, dict | list):
        return "a list or an object"
    return value if isinstance(value, str | bool) or value is None else ("number", Decimal(value))
