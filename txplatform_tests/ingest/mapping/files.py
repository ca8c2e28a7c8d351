"""Files of source systems as tests hand them to the lane."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.object_gate import Outcome, gate_object
from txplatform.ingest.readers import read_file
from txplatform.ingest.row_gate import Gated

CONTRACTS = load_contracts()
SYSTEMS = load_systems(CONTRACTS)
MAPPINGS = FileMappings(SYSTEMS.values(), CONTRACTS)


def mapping(system: str, entity: str) -> FileMapping:
    """The mapping of a shipped system's files."""
    found = MAPPINGS.of(CONTRACTS[entity], system)
    assert isinstance(found, FileMapping)
    return found


def gated(system: str, entity: str, name: str, data: bytes) -> Gated:
    """What the gate makes of a file."""
    outcome = refusable(system, entity, name, data)
    assert not isinstance(outcome, FileRejected), outcome
    return outcome[1]


def refusable(system: str, entity: str, name: str, data: bytes) -> Outcome:
    """What the gate makes of a file of one batch that may be refused as a whole."""
    found = MAPPINGS.of(CONTRACTS[entity], system)
    [outcome] = gate_object(CONTRACTS[entity], f"s3://lake/{name}", name, io.BytesIO(data), read_file, found)
    return outcome


def lines(*payloads: Any) -> bytes:
    """The payloads as JSON lines."""
    return "".join(f"{json.dumps(payload)}\n" for payload in payloads).encode()


def golden(system: str, name: str) -> Any:
    """A payload that is shipped with a system."""
    return json.loads((SHIPPED / system / f"{name}.json").read_text(encoding="utf-8"))


def goldens(system: str) -> list[Path]:
    """The files of a system's payloads."""
    return [path for path in sorted((SHIPPED / system).glob("*")) if ".expected." not in path.name]


def reasons(gate: Gated) -> dict[int, list[tuple[str, str]]]:
    """Field and rule of all reasons, by the number of the record in its file."""
    return {
        row: [(reason["field"], reason["rule"]) for reason in found]
        for row, found in gate.refused.select("row", "reasons").iter_rows()
    }


def csv_of(rows: Iterable[dict[str, str]]) -> bytes:
    """Records of one set of names as CSV."""
    return pl.DataFrame(list(rows)).write_csv().encode()
