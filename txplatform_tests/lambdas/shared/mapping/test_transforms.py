"""Every transform: what it makes of a value, and what it refuses by which rule."""

from decimal import Decimal
from typing import Any

import pytest

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.expressions import Scope
from lambdas.shared.mapping.functions import FUNCTIONS
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.refusals import RefusedError
from lambdas.shared.mapping.transforms import TRANSFORMS, transformed
from txplatform.contracts.keys.transform import TRANSFORMS as LISTED
from txplatform.contracts.mapping import expressions as listed_expressions

ITEM = {"eur": "eur", "jpy": "JPY", "kwd": "kwd", "isk": "ISK", "odd": "XTS", "none": None, "number": 978}
WORDS = {"trueWords": ["yes", "1"], "falseWords": ["no", "0"]}
D = Decimal


def apply(name: str, arguments: dict[str, Any], value: Any) -> Any:
    return transformed(lambda scope, meter: value, [[name, arguments]])(Scope(ITEM, ITEM, ITEM), Meter())


def test_equal_items_of_a_list_have_different_values() -> None:
    items: list[Any] = [["1", 2], ["2", 2], ["1", 2], ["1", D(2)], ["1"]]
    read = transformed(lambda scope, meter: "-".join(map(str, scope.item)), [["numbered", {"in": "$"}]])
    made = [read(Scope(item, items, items), Meter()) for item in items]
    assert made == ["1-2", "2-2", "1-2-2", "1-2-3", "1"]
    longer = [["3"], *items, ["1", 2]]
    assert [read(Scope(item, longer, longer), Meter()) for item in items] == made


@pytest.mark.parametrize(
    ("item", "items", "rule"),
    [
        (["a"], [["a"]] * 100, "too_costly"),
        (["a", []], [["a", []]], "type"),
        ({"a": 1}, [{"a": 1}], "type"),
        (["a"], {"a": ["a"]}, "type"),
    ],
)
def test_what_is_numbered_stands_in_a_list_and_costs_what_it_compares(item: Any, items: Any, rule: str) -> None:
    read = transformed(lambda scope, meter: "a", [["numbered", {"in": "$"}]])
    with pytest.raises(RefusedError) as caught:
        read(Scope(item, items, items), Meter(50))
    assert caught.value.rule == rule


def test_transforms_and_functions_are_those_that_the_contracts_list() -> None:
    assert TRANSFORMS.keys() == LISTED.keys()
    assert listed_expressions.FUNCTIONS.keys() == FUNCTIONS
    with pytest.raises(ConfigurationError, match="round"):
        transformed(lambda scope, meter: None, [["round", {}]])


@pytest.mark.parametrize(
    ("name", "arguments", "value", "result"),
    [
        ("minorUnits", {"currency": "eur"}, 1099, "10.99"),
        ("minorUnits", {"currency": "jpy"}, 1099, "1099"),
        ("minorUnits", {"currency": "kwd"}, 1099, "1.099"),
        ("minorUnits", {"currency": "eur"}, "-5", "-0.05"),
        ("minorUnits", {"currency": "eur"}, D("1099.0"), "10.99"),
        ("minorUnits", {"currency": "eur"}, 0, "0.00"),
        ("minorUnits", {"currency": "isk"}, 100, "100"),
        ("minorUnits", {"currency": "isk", "exponents": {"ISK": 2}}, 100, "1.00"),
        ("minorUnits", {"currency": "eur"}, 10**20, "1000000000000000000.00"),
        ("epoch", {"unit": "s"}, 1680800504, "2023-04-06T17:01:44.000000Z"),
        ("epoch", {"unit": "s"}, "1680800504", "2023-04-06T17:01:44.000000Z"),
        ("epoch", {"unit": "s"}, D("1762795433.9717445"), "2025-11-10T17:23:53.971744Z"),
        ("epoch", {"unit": "ms"}, 1696444513123, "2023-10-04T18:35:13.123000Z"),
        ("epoch", {"unit": "us"}, 1696444513123456, "2023-10-04T18:35:13.123456Z"),
        ("epoch", {"unit": "ns"}, 1696444513123456789, "2023-10-04T18:35:13.123456Z"),
        ("epoch", {"unit": "s"}, -1, "1969-12-31T23:59:59.000000Z"),
        ("epoch", {"unit": "s"}, D("-0.5"), "1969-12-31T23:59:59.500000Z"),
        ("timestamp", {}, "2023-10-04T18:35:13Z", "2023-10-04T18:35:13.000000Z"),
        ("timestamp", {}, "2023-10-04T18:35:13.000+0000", "2023-10-04T18:35:13.000000Z"),
        ("timestamp", {}, "2023-10-04 20:35:13.1234567+02:00", "2023-10-04T18:35:13.123456Z"),
        ("timestamp", {}, "2024-01-01T00:30:00+05", "2023-12-31T19:30:00.000000Z"),
        ("timestamp", {"zone": "+02:00"}, "2023-10-04T18:35:13", "2023-10-04T16:35:13.000000Z"),
        ("timestamp", {"format": "%Y%m%d-%H%M%S.%f", "zone": "Z"}, "20231004-183513.5", "2023-10-04T18:35:13.500000Z"),
        ("timestamp", {"format": "%d %b %Y", "zone": "Z"}, "04 Oct 2023", "2023-10-04T00:00:00.000000Z"),
        ("moment", {"unit": "ms"}, 1696444513123, "2023-10-04T18:35:13.123000Z"),
        ("moment", {"unit": "ms"}, "2023-10-04T18:35:13.000+0000", "2023-10-04T18:35:13.000000Z"),
        ("moment", {"unit": "ms", "zone": "Z"}, "2023-10-04T18:35:13", "2023-10-04T18:35:13.000000Z"),
        ("notBefore", {"day": "2017-07-14"}, "2017-07-14T00:00:00.000000Z", "2017-07-14T00:00:00.000000Z"),
        ("later", {"seconds": 60}, "2023-12-31T23:59:59.500000Z", "2024-01-01T00:00:59.500000Z"),
        ("date", {}, "2024-02-29", "2024-02-29"),
        ("date", {"format": "%d.%m.%Y"}, "29.02.2024", "2024-02-29"),
        ("date", {"format": "%Y%%%m%d"}, "2024%0229", "2024-02-29"),
        ("trim", {}, " a b\n", "a b"),
        ("upper", {}, "eur", "EUR"),
        ("lower", {}, "EUR", "eur"),
        ("text", {}, 10218208, "10218208"),
        ("text", {}, D("1.10"), "1.10"),
        ("text", {}, True, "true"),
        ("integer", {}, "-17", -17),
        ("integer", {}, D("17.0"), 17),
        ("decimal", {}, "1234.50", "1234.50"),
        ("decimal", {"point": ",", "groups": "."}, "1.234.567,80", "1234567.80"),
        ("decimal", {"point": ",", "groups": " "}, "1234,5", "1234.5"),
        ("decimal", {}, "+1.5", "1.5"),
        ("decimal", {}, D("0.10"), "0.10"),
        ("enum", {"values": {"b": "buy"}}, "b", "buy"),
        ("enum", {"values": {"1": "buy", "true": "yes"}}, 1, "buy"),
        ("enum", {"values": {"1": "buy", "true": "yes"}}, True, "yes"),
        ("enum", {"values": {"b": "buy"}, "default": "sell"}, "x", "sell"),
        ("boolean", WORDS, "yes", True),
        ("boolean", WORDS, 0, False),
        ("boolean", WORDS, False, False),
        ("split", {"separator": "/", "part": 1}, "BTC/USD", "USD"),
        ("split", {"separator": "/"}, "a/b", ["a", "b"]),
        ("join", {"separator": "-"}, ["a", 7], "a-7"),
        ("join", {"separator": "-"}, ["a", None], None),
        ("prefix", {"with": "eur", "separator": "-"}, 7, "eur-7"),
        ("prefix", {"with": "number", "separator": "/"}, "a", "978/a"),
        ("ending", {"values": ["EUR", "USDT"]}, "BTCUSDT", "USDT"),
        ("default", {"value": 0}, None, 0),
        ("default", {"value": "x"}, "y", "y"),
        ("nullIf", {"values": ["", "n/a"]}, "n/a", None),
        ("nullIf", {"values": [""]}, 0, 0),
        ("sum", {}, [1, "2.50", D("0.005")], "3.505"),
        ("sum", {}, [], "0"),
        ("sum", {}, [1, None], None),
        ("product", {}, ["105433.60000", "0.00027625"], "29.1260320000000"),
        ("product", {"scale": 6}, ["105433.60000", "0.00027625"], "29.1260320000000"),
        ("product", {}, [D("9" * 30), D("9" * 30)], str(int("9" * 30) ** 2)),
        ("product", {}, [1, None], None),
        ("reference", {}, "cus_1", "cus_1"),
        ("reference", {}, {"id": "cus_1", "object": "customer"}, "cus_1"),
        ("reference", {"key": "Id"}, {"Id": 7}, 7),
        ("upper", {}, None, None),
    ],
)  # fmt: skip
def test_a_value_becomes(name: str, arguments: dict[str, Any], value: Any, result: Any) -> None:
    made = apply(name, arguments, value)

    assert (format(made, "f") if isinstance(made, Decimal) else made) == result
    assert type(made) is not float


@pytest.mark.parametrize(
    ("name", "arguments", "value", "rule"),
    [
        ("minorUnits", {"currency": "odd"}, 1, "currency"),
        ("minorUnits", {"currency": "none"}, 1, "currency"),
        ("minorUnits", {"currency": "number"}, 1, "currency"),
        ("minorUnits", {"currency": "eur"}, D("10.5"), "type"),
        ("minorUnits", {"currency": "eur"}, "1e3", "type"),
        ("minorUnits", {"currency": "eur"}, True, "type"),
        ("minorUnits", {"currency": "eur"}, D("1E+999999"), "range"),
        ("epoch", {"unit": "s"}, 10**12, "range"),
        ("epoch", {"unit": "s"}, D("1E+999999"), "range"),
        ("epoch", {"unit": "s"}, "soon", "type"),
        ("epoch", {"unit": "s"}, True, "type"),
        ("timestamp", {}, "2023-10-04T18:35:13", "zone"),
        ("timestamp", {}, "2023-02-30T18:35:13Z", "range"),
        ("timestamp", {}, "0001-01-01T00:00:00+05:00", "range"),
        ("timestamp", {}, "2023-10-04", "format"),
        ("timestamp", {}, "２０２３-10-04T18:35:13Z", "format"),
        ("timestamp", {}, 1696444513, "format"),
        ("timestamp", {"format": "%d %b %Y", "zone": "Z"}, "04 Okt 2023", "range"),
        ("moment", {"unit": "ms"}, "1696444513123", "format"),
        ("moment", {"unit": "ms"}, 10**16, "range"),
        ("moment", {"unit": "ms"}, "2023-10-04T18:35:13", "zone"),
        ("notBefore", {"day": "2017-07-14"}, "2017-07-13T23:59:59.999999Z", "range"),
        ("notBefore", {"day": "2017-07-14"}, 20180101, "range"),
        ("later", {"seconds": 60}, "9999-12-31T23:59:00.000000Z", "range"),
        ("later", {"seconds": 60}, "Z", "range"),
        ("later", {"seconds": 60}, "2023-12-31T23:59:59", "format"),
        ("later", {"seconds": 60}, 1680800504, "format"),
        ("prefix", {"with": "none", "separator": "-"}, "7", "prefix"),
        ("prefix", {"with": "eur", "separator": "-"}, ["7"], "type"),
        ("ending", {"values": ["USDT"]}, "USDT", "ending"),
        ("ending", {"values": ["USDT"]}, "BTCUSD", "ending"),
        ("ending", {"values": ["USDT"]}, 7, "type"),
        ("date", {}, "2023-02-29", "range"),
        ("date", {"format": "%d.%m.%Y"}, "1.2.2024", "format"),
        ("trim", {}, 7, "type"),
        ("text", {}, {"a": 1}, "type"),
        ("integer", {}, "1.0", "type"),
        ("integer", {}, D("1.5"), "type"),
        ("decimal", {}, "1,5", "format"),
        ("decimal", {"point": ",", "groups": "."}, "1.23,5", "format"),
        ("decimal", {}, "1_0", "format"),
        ("decimal", {}, "NaN", "format"),
        ("decimal", {}, "9" * 61, "range"),
        ("enum", {"values": {"b": "buy"}}, "x", "enum"),
        ("enum", {"values": {"b": "buy"}}, ["b"], "enum"),
        ("boolean", WORDS, "maybe", "boolean"),
        ("boolean", WORDS, [], "boolean"),
        ("split", {"separator": "/", "part": 1}, "BTCUSD", "split"),
        ("join", {"separator": "-"}, "ab", "type"),
        ("join", {"separator": "-"}, ["a", True], "type"),
        ("sum", {}, "12", "type"),
        ("sum", {}, [1, "x"], "type"),
        ("sum", {}, [1] * 1001, "range"),
        ("product", {"scale": 5}, ["105433.60000", "0.00027625"], "scale"),
        ("reference", {}, {"object": "customer"}, "reference"),
        ("reference", {}, True, "reference"),
        ("reference", {}, ["cus_1"], "reference"),
    ],
)
def test_a_value_is_refused_by_its_rule_and_not_shown(
    name: str, arguments: dict[str, Any], value: Any, rule: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        apply(name, arguments, value)

    assert caught.value.rule == rule
    if isinstance(value, str) and len(value) > 3:
        assert value not in caught.value.message
