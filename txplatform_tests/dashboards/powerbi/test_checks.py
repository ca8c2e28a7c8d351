"""The checks find what would keep a project from opening: each case breaks one thing of a whole project."""

import pytest

from txplatform.dashboards.powerbi.checks import project_violations
from txplatform_tests.dashboards.powerbi.golden_files import files

FILES = files()
DEFINITION = "txplatform.SemanticModel/definition"
DAILY = f"{DEFINITION}/tables/payments_daily.tmdl"
CALENDAR = f"{DEFINITION}/tables/calendar.tmdl"
RELATIONSHIPS = f"{DEFINITION}/relationships.tmdl"
PAGE = "txplatform.Report/definition/pages/payments/page.json"
PAGES = "txplatform.Report/definition/pages/pages.json"
VISUAL = "txplatform.Report/definition/pages/payments/visuals/payments_daily_line/visual.json"


CASES = (
    (DAILY, "\tcolumn day\n", "    column day\n", "is a description of nothing"),
    (DAILY, "\tcolumn day\n", "\tcolumn business day\n", "declares no object"),
    (DAILY, "\tcolumn currency\n", "\tcolum currency\n", "is a property without an object"),
    (DAILY, "\t\tdataType: int64\n", "\t\tdataType: int32\n", "has the dataType 'int32', of which there is none"),
    (DAILY, "\t\tdataType: int64\n", "", "lacks ['dataType']"),
    (DAILY, "\t\tsummarizeBy: none\n", "\t\tsummariseBy: none\n", "has the unknown ['summariseBy']"),
    (DAILY, "\t\tisHidden\n", "\t\tisHidden\n\t\tisHidden\n", "is no property, or is there twice"),
    (DAILY, "\t\tsourceColumn: day\n", "", "must have either an expression or a sourceColumn"),
    (DAILY, "\tpartition payments_daily = m", "\tlevel payments_daily = m", "must not stand here"),
    (DAILY, "[payments])", "[paid])", "there is no 'payments_daily'[paid]"),
    (DAILY, "SUM('payments_daily'[payments])", "SUM('payments_dayly'[payments])", "there is no 'payments_dayly'"),
    (DAILY, "SUM('payments_daily'[payments])", "SUM('payments_daily'[payments]", "without their other half"),
    (DAILY, "'Payments (payments_daily)'", "'PAYMENTS (payments_breakdown)'", "of a measure"),
    (DAILY, "\tcolumn currency\n", "\tcolumn Payments\n", "'payments' of a column, measure or hierarchy"),
    (DAILY, "RangeStart", "RangeBegin", "is refreshed in parts without a policy"),
    (CALENDAR, "\t\t\tcolumn: year\n", "\t\t\tcolumn: years\n", "level 'year' of 'Year, month, day' is no column"),
    (CALENDAR, "table calendar", "table dates", "model: table 'calendar' is not there and listed"),
    (RELATIONSHIPS, "payments_daily.day", "payments_daily.days", "fromColumn is no column of a table"),
    (RELATIONSHIPS, "calendar.date", "dates.date", "toColumn is no column of a table"),
    (f"{DEFINITION}/roles/reader.tmdl", "payments_top_customers", "top", "role 'reader': there is no table 'top'"),
    (f"{DEFINITION}/roles/reader.tmdl", " = FALSE()", " =", "has an equals sign without an expression"),
    (f"{DEFINITION}/expressions.tmdl", "expression Dsn", "expression Source", "there is no expression 'Dsn'"),
    (f"{DEFINITION}/database.tmdl", "\tcompat", "\t\tcompat", "is not indented"),
    (PAGE, '"displayOption": "FitToWidth",', "", "lacks 'displayOption'"),
    (PAGE, '"width": 1280', '"width": 1280, "colour": "red"', "has the unknown 'colour'"),
    (PAGE, '"width": 1280', '"width": "1280"', ".width is no number"),
    (PAGE, '"height": ', '"height": 1e999, "was": ', ".height is no number"),
    (PAGE, '"width": 1280', '"width": 200', "stands outside of its page"),
    (PAGE, "page/2.0.0", "page/9.0.0", "names the schema"),
    (PAGE, '"name": "payments"', '"name": "paid"', "its name is not that of its folder"),
    (PAGE, "{", "", "is no JSON"),
    (PAGES, '"trades"', '"traders"', "does not list every page once"),
    (VISUAL, '"Paid value (payments_daily)"', '"Unpaid"', "there is no measure 'Unpaid' of 'payments_daily'"),
    (VISUAL, '"lineChart"', '"lineChard"', "a visual lineChard has no roles ['Category', 'Series', 'Y']"),
    (VISUAL, '"Series"', '"Legend"', "a visual lineChart has no roles ['Legend']"),
    (VISUAL, '"calendar.date"', '"dim_currency.currency"', "shows a field twice"),
    (VISUAL, '"drillFilterOtherVisuals": true', '"drillFilterOtherVisuals": 1', "is no boolean"),
)


@pytest.mark.parametrize(("path", "old", "new", "problem"), CASES, ids=[case[3] for case in CASES])
def test_what_is_broken_is_found_with_its_file(path: str, old: str, new: str, problem: str) -> None:
    assert old in FILES[path]
    count = FILES[path].count(old) if old == "RangeStart" else 1
    found = project_violations({**FILES, path: FILES[path].replace(old, new, count)})
    assert any(problem in line for line in found), found


def test_a_visual_without_its_page_and_a_page_without_visuals_are_found() -> None:
    without_page = {path: text for path, text in FILES.items() if path != PAGE}
    assert any("stands outside of its page" in line for line in project_violations(without_page))
    empty = {path: text for path, text in FILES.items() if "/payments/visuals/" not in path}
    assert any("payments: has 0 visuals" in line for line in project_violations(empty))
