"""The script of the page computes exactly, in Node."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from txplatform_tests.dashboards.script_runner import run_script

EXACT = Context(prec=200, rounding=ROUND_HALF_UP)
NUMBERS = ["0", "1", "-1", "0.5", "-0.5", "2.5", "1234567.891", "-99999999999999999999.999999999999999999", "0.1", "7"]


def scaled(text: str, scale: int) -> str:
    return f"{EXACT.scaleb(Decimal(text), scale):.0f}"


def test_texts_are_exact_and_rounded_half_up() -> None:
    cases = [(text, scale, digits) for text in NUMBERS for scale in (18, 20) for digits in (0, 2, 18)]
    shown = run_script(
        "const answer = given.map(([value, scale, digits]) => [exactText(BigInt(value), scale), "
        'shownText(BigInt(value), { scale, digits, unit: "currency" })]);',
        [[scaled(text, scale), scale, digits] for text, scale, digits in cases],
    )
    for (text, scale, digits), (exact, rounded) in zip(cases, shown, strict=True):
        assert exact == f"{EXACT.quantize(Decimal(text), Decimal(1).scaleb(-scale)):f}"
        expected = EXACT.quantize(Decimal(text), Decimal(1).scaleb(-digits))
        assert rounded == (f"{expected:,f}" if expected else f"{abs(expected):,f}"), (text, digits)


def test_shares_are_percentages_and_what_is_missing_a_dash() -> None:
    shown = run_script(
        'const share = { scale: 6, digits: 1, unit: "share" }; const answer = [shownText(333333n, share), '
        "shownText(null, share), exactText(null, 2), ...[[110n, 100n], [0n, -3n], [1n, 0n], [99n, 100n], [5n, 5n], "
        '[null, 1n]].map(pair => changeText(...pair, { unit: "records" })), changeText(250000n, 333333n, share)];'
    )
    assert shown[:3] == ["33.3 %", "–", ""]
    assert shown[3:] == ["+10.0 %", "+100.0 %", "–", "−1.0 %", "±0.0 %", "–", "−8.3 pp"]


def test_ratios_are_rounded_half_up_as_athena_rounds_them() -> None:
    cases = [
        ("2", 0, "3", 0, 6),
        ("-2", 0, "3", 0, 6),
        ("1", 0, "2000000", 0, 6),
        ("1.000000000000000000", 18, "3", 10, 18),
    ]
    found = run_script(
        "const answer = given.map(([a, s, b, t, scale]) => "
        "exactText(ratio(BigInt(a), s, BigInt(b), t, scale), scale));",
        [[scaled(a, s), s, scaled(b, t), t, scale] for a, s, b, t, scale in cases],
    )
    quotients = [EXACT.quantize(EXACT.divide(Decimal(a), Decimal(b)), Decimal(1).scaleb(-z)) for a, _, b, _, z in cases]
    assert found == [f"{quotient:f}" for quotient in quotients]
    assert run_script("const answer = ratio(1n, 0, 0n, 0, 6);") is None


_SUM = "CAST(coalesce(sum(value), 0) AS decimal(38, 2))"
_DAYS, _STATES = ["2026-01-30", "2026-01-31", "2026-02-02"], ["it's", None]
_SHARED = {"unit": "quantity", "parts": [], "digits": 0}
MART: dict[str, Any] = {
    "name": "orders_daily",
    "problem": None,
    "rows": 5,
    "dimensions": [
        {"name": "day", "kind": "time", "sql": "day", "words": _DAYS, "places": [0, 0, 1, 2, 2]},
        {"name": "status", "kind": "text", "sql": "status", "words": _STATES, "places": [0, 1, 0, 0, 1]},
    ],
    "measures": [
        {**_SHARED, "name": "value", "form": "sum", "scale": 2, "sql": _SUM, "values": "90071992547409930 1 -5  7"},
        {**_SHARED, "name": "due", "form": "figure", "scale": 0, "sql": None, "values": "1 2 3 4 5"},
    ],
}
_OF_MART = "const mart = prepared({ marts: [given.mart] }).marts[0]; const none = { from: '', to: '', picked: {} };"


def script_of_mart(text: str) -> Any:
    return run_script(f"{_OF_MART}\n{text}", {"mart": MART})


def test_sums_are_exact_beyond_doubles_and_figures_are_not_added() -> None:
    answer = script_of_mart(
        "const rows = selected(mart, none); const answer = [total(mart, rows, mart.measures), "
        "...groups(mart, rows, [mart.dimensions[1]], mart.measures).map(group => group.figures), "
        "total(mart, [3], mart.measures), total(mart, [], mart.measures)]"
        ".map(list => list.map(figure => figure === null ? null : String(figure)));"
    )
    assert answer == [["90071992547409933", None], ["90071992547409925", None], ["8", None], ["0", "4"], ["0", None]]


def test_a_filter_lets_through_days_and_words_and_the_statement_says_the_same() -> None:
    rows, sql, missing = script_of_mart(
        "const picked = { status: new Set([\"it's\", null]), side: new Set(['buy']) };"
        "const filter = { from: '2026-01-31', to: '', picked }; const by = [mart.dimensions[0]];"
        "const sql = statement(mart, filter, by, mart.measures);"
        "const answer = [[...selected(mart, filter)], sql, unfiltered(mart, filter)];"
    )
    assert rows == [2, 3, 4]
    assert missing == ["side"]
    assert sql == (
        "SELECT day,\n  CAST(coalesce(sum(value), 0) AS decimal(38, 2)) AS value\nFROM orders_daily\n"
        "WHERE CAST(day AS date) >= DATE '2026-01-31'\n  AND (status IN ('it''s') OR status IS NULL)\nGROUP BY 1"
    )


def test_days_lie_on_a_gapless_axis_and_have_a_period_before() -> None:
    axis, weeks, longer, before, none = script_of_mart(
        "const axis = (from, to) => axisOf(mart.time, from, to);"
        "const filter = { ...none, from: '2026-02-01', to: '2026-02-28' }; const extent = { to: '2026-02-02' };"
        "const answer = [axis('2026-01-30', '2026-02-02'), axis('2026-01-01', '2026-04-30'), "
        "axis('2024-09-15', '2026-02-28'), previous(filter, extent), previous(none, extent)];"
    )
    assert axis == {
        "unit": "day",
        "starts": ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"],
        "steps": [0, 1, 3],
    }
    assert (weeks["unit"], weeks["starts"][0], weeks["steps"]) == ("week", "2025-12-29", [4, 4, 5])
    assert (longer["unit"], longer["starts"][:2], longer["steps"]) == (
        "month",
        ["2024-09-01", "2024-10-01"],
        [16, 16, 17],
    )
    assert (before["from"], before["to"]) == ("2026-01-04", "2026-01-31")
    assert none is None
