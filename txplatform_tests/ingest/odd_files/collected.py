"""Files that were found to go a wrong way once, byte for byte, from `collected.json`."""

import base64
import json
from pathlib import Path
from typing import Any

from txplatform_tests.ingest.odd_files.case import Odd

_FILES = {item["id"]: item for item in json.loads((Path(__file__).parent / "collected.json").read_text())}


def _odd(identifier: str, *rows: str, refused: dict[int, str] | None = None, **more: Any) -> Odd:
    item = _FILES[identifier]
    return Odd(identifier, item["name"], base64.b64decode(item["base64"]), rows, refused or {}, **more)


CASES = (
    _odd("ragged-multiline-with-row-inside", "k2", refused={2: "row.fields"}),
    _odd("inch-then-multiline", "k1", "k2", "k3", "k4"),
    _odd("tabs-only-row", "k1", refused={2: "required"}),
    _odd("alias-and-name", refused={2: "ambiguous"}),
    _odd("typo-optional", whole="file.unknown_column"),
    _odd("case-header", "k1"),
    _odd("key-hash", "k1", "k2"),
    _odd("success", ignored=True),
    _odd("json-numkey", refused={1: "type", 2: "type", 3: "type"}),
    _odd("json-single-pretty", "k1"),
    _odd("json-concat-pretty", "k1", "k2"),
    _odd("bz2", "k1", "k2"),
    _odd("zip", "k1", "k2"),
    _odd("utf16", "k1"),
    _odd("no-ext", "k1", "k2"),
)
