"""Views as Athena keeps them in Glue: a Presto view, base64 of JSON, in the table's ViewOriginalText.

A table input made here and given to Glue's CreateTable is a view that Athena reads, without a query being run.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CATALOG = "awsdatacatalog"
_ORIGINAL_TEXT = re.compile(r"/\* Presto View: (?P<json>[A-Za-z0-9+/=]+) \*/")
_HIVE_SCALARS = {"varchar": "string", "integer": "int", "real": "float", "varbinary": "binary"}


@dataclass(frozen=True, slots=True)
class View:
    """A view. `columns` are (name, Trino type) pairs; `database` is where its SQL's bare table names are."""

    sql: str
    database: str
    columns: tuple[tuple[str, str], ...]


def is_view(table: Mapping[str, Any]) -> bool:
    """Say whether a Glue table, as GetTable returns it, is a view."""
    return table.get("TableType") == "VIRTUAL_VIEW"


def hive_type(trino_type: str) -> str:
    """Return the Hive name, which Glue's columns carry, of a Trino type, nested ones included."""
    kind, _, inside = trino_type.strip().partition("(")
    kind, inside = kind.strip().lower(), inside.removesuffix(")")
    if kind.startswith("timestamp"):
        return "timestamp"
    if kind == "array":
        return f"array<{hive_type(inside)}>"
    if kind == "map":
        return f"map<{','.join(hive_type(part) for part in _split(inside))}>"
    if kind == "row":
        fields = (part.strip().partition(" ") for part in _split(inside))
        return f"struct<{','.join(f'{name}:{hive_type(of)}' for name, _, of in fields)}>"
    if kind in _HIVE_SCALARS:
        return _HIVE_SCALARS[kind]
    return trino_type.strip().lower().replace(" ", "")


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def encode_view(name: str, sql: str, database: str, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return Glue's TableInput of a view over `columns` (name, Trino type)."""
    document = {
        "originalSql": sql,
        "catalog": CATALOG,
        "schema": database,
        "columns": [{"name": column, "type": kind} for column, kind in columns],
    }
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": hive_type(kind)} for column, kind in columns],
            "Location": "",
            "SerdeInfo": {},
        },
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
    }


def decode_view(table: Mapping[str, Any]) -> View:
    """Read a view from a Glue table or TableInput; raise ValueError when it holds none."""
    found = _ORIGINAL_TEXT.fullmatch(str(table.get("ViewOriginalText", "")).strip())
    if found is None:
        raise ValueError(f"table {table.get('Name')!r} holds no Presto view")
    document = json.loads(base64.b64decode(found["json"]))
    columns = tuple((column["name"], column["type"]) for column in document["columns"])
    return View(document["originalSql"], document["schema"], columns)
