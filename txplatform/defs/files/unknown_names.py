"""Shows what files had under names that their contract does not know, and warns of those that look like known ones."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.metadata import MAX_LISTED

if TYPE_CHECKING:
    from txplatform.lake.reports import FilesReport

_TYPES = {"name": "string", "rows": "int", "nearest": "string"}


def unknown_names_metadata(contract: Contract, unknown: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    """The table of unknown names: how many rows have a value under each, and the known name that may be meant."""
    from txplatform.ingest.unknown_names import nearest_name, shown

    if not unknown:
        return {}
    ordered = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))[:MAX_LISTED]
    records = [
        dg.TableRecord({"name": shown(name), "rows": rows, "nearest": nearest_name(contract, name) or ""})
        for name, rows in ordered
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, kind) for name, kind in _TYPES.items()])
    return {"unknown_names": dg.MetadataValue.table(records, schema=schema)}


def warn_of_unknown_names(log: logging.Logger, contract: Contract, report: "FilesReport") -> None:
    """Warn of each unknown name that is nearly a known one: it is likely to be misspelled, or renamed."""
    from txplatform.ingest.unknown_names import described, nearest_name

    for day in report.days:
        for name, rows in day.unknown.items():
            if nearest_name(contract, name) is not None:
                kept = "kept in rest" if contract.unknown_fields == "keep" else "left out"
                log.warning("%s: %s is unknown and was %s in %d rows", day.day, described(contract, name), kept, rows)
