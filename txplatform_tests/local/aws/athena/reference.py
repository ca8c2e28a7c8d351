"""Renders docs/reference/local-athena.md: python -m txplatform_tests.local.aws.athena.reference."""

import json
from pathlib import Path
from typing import Any

from txplatform.local.aws.athena.vocabulary import PAGES

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "local-athena.md"
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))

_TEXT = """# What the local Athena answers

Rendered by `python -m txplatform_tests.local.aws.athena.reference`. A statement passes
on the local stack only where its answer is known to be Athena's: its grammar, the names of types, units and fields,
functions and their arguments are checked before it runs. All else is refused by name, and may work on AWS all the same.

## Functions that pass

By the page of Trino's documentation; each has queries with known answers among the tests.

{functions}
- in queries: [`grouping`](https://trino.io/docs/current/sql/select.html#grouping-operation),
  [`unnest`](https://trino.io/docs/current/sql/select.html#unnest)

## Queries that Athena answers and the local one refuses

Each stands for its kind; all are tests.

| query | Athena's rule |
|---|---|
{refused}

## What is taken for granted

- A bare number with a point is a double, as on Athena; decimals are written `DECIMAL '1.50'`.
- `approx_distinct` counts exactly. Athena's estimate is off by 2.3 % (standard error).
- Columns of type `double` in tables are taken to hold numbers: NaN is looked for in what a query computes, or lists
  in `VALUES`.
- Timestamps and times of day have the digits of a second that they are written or made with, and six where they come
  out of tables, views or `UNNEST`; they are written with three at least.
- The zone of a moment, that a text is a `CHAR`, and whether an interval counts months, are followed through `VALUES`,
  subqueries and common tables. A moment in another zone than UTC is refused inside of arrays, rows and maps.
- `random`, `rand` and `uuid` give other values each time, as they do on Athena.
- Rows that `zip` and `map_entries` make are written without names, `{{1, a}}`, and those of `ROW` with `field0`.
- Maps keep the order in which their entries came.
- Regular expressions are read by Python where it and Java agree, and refused elsewhere.
"""


def render() -> str:
    pages = sorted({*PAGES.values()})
    functions = "\n".join(f"- {page}: {', '.join(_link(name) for name in _of_page(page))}" for page in pages)
    rows = [f"| `{case['sql'].replace('|', '&#124;')}` | [source]({case['source']}) |" for case in _refused()]
    return _TEXT.format(functions=functions, refused="\n".join(rows))


def _of_page(page: str) -> list[str]:
    return sorted(name for name in PAGES if PAGES[name] == page)


def _link(name: str) -> str:
    return f"[`{name}`](https://trino.io/docs/current/functions/{PAGES[name]}.html#{name})"


def _refused() -> list[dict[str, Any]]:
    return [case for case in CASES if case.get("refused")]


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
