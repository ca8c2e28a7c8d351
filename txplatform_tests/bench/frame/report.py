"""Reports an outcome: as a table, as one JSON object, as a section of docs/benchmarks.md."""

import json
import os
import platform
from pathlib import Path

from txplatform_tests.bench.frame.figures import Figure, Outcome, amount, with_unit

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"
_COLUMNS = ("figure", "measured", "bound", "kept")


def table(outcome: Outcome) -> str:
    """The figures in aligned columns."""
    rows = [_COLUMNS, *_rows(outcome)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def document(outcome: Outcome) -> str:
    """The outcome as one line of JSON; a figure's bounds are [least, most], null where there is none."""
    figures = {figure.name: figure.value for figure in outcome.figures}
    bounds = {figure.name: [figure.least, figure.most] for figure in outcome.figures if _bound(figure)}
    untried = {item.name: item.reason for item in outcome.untried}
    fields = {"name": outcome.name, "size": outcome.size, "figures": figures, "bounds": bounds, "ok": outcome.ok}
    if untried:
        fields["untried"] = untried
    return json.dumps(fields)


def require_section(name: str, page: Path = PAGE) -> None:
    """Raise ValueError if the page has no markers of the bench: before it measures, not after."""
    _split(name, page)


def write_section(outcome: Outcome, page: Path = PAGE) -> None:
    """Put the figures between the bench's markers on the page; raise ValueError if it has none."""
    before, after = _split(outcome.name, page)
    lines = [f"| {' | '.join(row)} |" for row in (_COLUMNS, ("---",) * len(_COLUMNS), *_rows(outcome))]
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    text = "\n".join(["", f"{outcome.setting} On {machine}:", "", *lines, ""])
    page.write_text(f"{before}{text}{after}", encoding="utf-8")


def markers(name: str) -> tuple[str, str]:
    """The lines between which a bench's figures stand."""
    return f"<!-- bench {name} -->", f"<!-- end of bench {name} -->"


def _split(name: str, page: Path) -> tuple[str, str]:
    """The page up to the first marker of the bench and from its second one on."""
    begin, end = markers(name)
    before, opened, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"{page} has no section for {name}. Remedy: add the lines {begin} and {end} to it")
    return before + opened, closed + after


def _rows(outcome: Outcome) -> list[tuple[str, ...]]:
    return [
        (
            figure.name,
            amount(figure),
            _bound(figure),
            "" if not _bound(figure) else "yes" if figure.is_kept(outcome.size) else "NO",
        )
        for figure in outcome.figures
    ] + [(item.name, "not tried", item.reason, "") for item in outcome.untried]


def _bound(figure: Figure) -> str:
    least = "" if figure.least is None else f"≥ {with_unit(figure.least, figure.unit)}"
    most = "" if figure.most is None else f"≤ {with_unit(figure.most, figure.unit)}"
    return " ".join(filter(None, (least, most)))
