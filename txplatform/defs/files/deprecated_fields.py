"""Shows which deprecated fields files still fill in, so that it is known when nobody does any more."""

from collections.abc import Mapping

import dagster as dg

from txplatform.contracts.model import Contract

_TYPES = {"name": "string", "rows": "int", "deprecated": "string"}


def deprecated_fields_metadata(contract: Contract, counts: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    """The table of deprecated fields: how many rows have a value in each, and what to send instead."""
    if not counts:
        return {}
    records = [
        dg.TableRecord({"name": name, "rows": rows, "deprecated": contract[name].evolution.deprecated or ""})
        for name, rows in sorted(counts.items())
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, kind) for name, kind in _TYPES.items()])
    return {"deprecated_fields": dg.MetadataValue.table(records, schema=schema)}
