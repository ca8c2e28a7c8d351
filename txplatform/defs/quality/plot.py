"""Figures of quarantine as people see them beside the asset: a bar for each day, a table of rules."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from txplatform.defs.metadata import MAX_LISTED

_BAR = 40  # characters of the longest


def days_plot(days: Sequence[Mapping[str, Any]]) -> dg.MarkdownMetadataValue:
    """A row for each day and lane (`dt`, `lane`, `refused`), with a bar in proportion to the greatest."""
    if not days:
        return dg.MetadataValue.md("nothing was refused")
    most = max(day["refused"] for day in days)
    lines = ["| day | lane | rows refused | |", "| --- | --- | ---: | --- |"]
    for day in days:
        bar = "█" * max(1, round(_BAR * day["refused"] / most))
        lines.append(f"| {day['dt']} | {day['lane']} | {day['refused']:,} | `{bar}` |")
    return dg.MetadataValue.md("\n".join(lines))


def rules_table(rules: Sequence[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """The rules that rows broke (`lane`, `field`, `rule`, `refused`), most frequent first."""
    records = [
        dg.TableRecord(
            {
                "lane": rule["lane"],
                "field": rule["field"] or "(whole row)",
                "rule": rule["rule"],
                "rows": int(rule["refused"]),
            }
        )
        for rule in rules[:MAX_LISTED]
    ]
    types = {"lane": "string", "field": "string", "rule": "string", "rows": "int"}
    columns = [dg.TableColumn(name, type_text) for name, type_text in types.items()]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))
