"""What the page's script reads: every mart with its dimensions, measures and figures, and the newest records."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import DashboardData, EntityFigures, NotComputed, Withheld
from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.numbers import as_of_text
from txplatform.dashboards.html.records import Records, business_day
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.expressions import in_a_row, over_rows, scale_of
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.measures import Figure, Measure, Ratio
from txplatform.warehouse.marts.model import Mart

_NUMBERS = ("bigint", "integer")
_TIMES = ("date", "timestamp(6)")


def document(data: DashboardData, contracts: Mapping[str, Contract]) -> list[dict[str, Any]]:
    """The entities, those with the most marts first."""
    ordered = sorted(data.figures, key=lambda name: -len(data.figures[name].marts))
    return [_entity(contracts[name], contracts, data.figures[name]) for name in ordered]


def packed(entities: list[dict[str, Any]]) -> str:
    """The document as the page holds it: JSON, gzipped, in base64."""
    text = json.dumps(entities, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.b64encode(gzip.compress(text, 9, mtime=0)).decode()


def _entity(contract: Contract, contracts: Mapping[str, Contract], found: EntityFigures) -> dict[str, Any]:
    records = found.records
    shown = [_mart(contract, mart, found.marts[mart.name]) for mart in marts(contract, contracts)]
    day = business_day(contract)
    return {
        "name": contract.name,
        "title": contract.title,
        "as_of": as_of_text(found.as_of) if found.as_of else None,
        "marts": shown,
        "records": {
            "problem": records.reason if isinstance(records, NotComputed) else None,
            "columns": records.columns if isinstance(records, Records) else [],
            "rows": records.rows if isinstance(records, Records) else [],
            "counts": records.counts if isinstance(records, Records) else {},
            "since": records.since if isinstance(records, Records) else "",
            "sql": f"SELECT *\nFROM \"{contract.name}\"\nWHERE {day} = DATE '{{day}}'\n"
            f'ORDER BY "{contract.partition_field}" DESC',
        },
    }


def _mart(contract: Contract, mart: Mart, found: Figures | NotComputed) -> dict[str, Any]:
    known = measures(contract)
    shared = {
        "name": mart.name,
        "title": _title(mart.name.removeprefix(f"{contract.name}_")),
        "description": mart.description,
        "sql": mart.sql,
    }
    if isinstance(found, NotComputed):
        reason = f"{'withheld' if isinstance(found, Withheld) else 'could not be computed'}: {found.reason}"
        return {**shared, "problem": reason, "rows": 0, "dimensions": [], "measures": []}
    columns = {column.name: column for column in mart.columns}
    return {
        **shared,
        "problem": None,
        "as_of": as_of_text(found.as_of) if found.as_of else None,
        "left_out": list(found.left_out),
        "whole": found.whole,
        "rows": found.rows,
        "dimensions": [
            {
                "name": name,
                "title": _title(name) if sql == name else "Day (UTC)",
                "description": columns[name].description,
                "kind": _kind(columns[name].trino_type),
                "masked": name in mart.masked,
                "sql": sql,
                "words": found.words[name],
                "places": found.places[name],
            }
            for name, sql in found.grain.items()
        ],
        "measures": [
            _measure(known[name], known, contract, found) for name in mart.measures if _has(known[name], found)
        ],
    }


def _has(measure: Measure, found: Figures) -> bool:
    form = measure.form
    return measure.name in found.scales or (isinstance(form, Ratio) and form.numerator in found.scales)


def _measure(measure: Measure, known: Mapping[str, Measure], contract: Contract, found: Figures) -> dict[str, Any]:
    form = measure.form
    ratio = isinstance(form, Ratio)
    return {
        "name": measure.name,
        "title": measure.title,
        "description": measure.description,
        "unit": measure.unit,
        "digits": len(measure.format.removesuffix(" %").partition(".")[2]),
        "form": "ratio" if ratio else "figure" if isinstance(form, Figure) else "sum",
        "parts": [form.numerator, form.denominator] if ratio else [],
        "scale": scale_of(measure, contract) if ratio else found.scales[measure.name],
        "sql": in_a_row(measure, known, contract) if ratio else over_rows(measure, contract),
        "values": "" if ratio else found.values[measure.name],
    }


def _kind(trino_type: str) -> str:
    return "time" if trino_type in _TIMES else "number" if trino_type in _NUMBERS else "text"


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
