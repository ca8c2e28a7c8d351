"""The files of the file lane's bench through awswrangler and dlt: what their users would write, in a process each."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from txplatform.contracts.model import FieldType
from txplatform_tests.bench.frame.figures import Figure, Untried
from txplatform_tests.bench.frame.peer import PeerMissingError, cpu_seconds
from txplatform_tests.lake_stand import BUCKET, Stand

_LEAST_WRANGLER, _LEAST_DLT = 4, 20
_BY_TYPE = {"decimal": FieldType.DECIMAL, "timestamp": FieldType.TIMESTAMP, "text": FieldType.STRING}


def compared(stand: Stand, folder: Path, csv_seconds: float, lines_seconds: float) -> Iterator[Figure | Untried]:
    """What `part.csv` and `lines.jsonl` of the folder take them, to the lane's CPU seconds."""
    of_csv = "CPU of awswrangler, exact decimals, to a quarter"
    yield _ratio(of_csv, lambda: _wrangler(stand, folder / "part.csv"), csv_seconds, _LEAST_WRANGLER)
    of_lines = "CPU of awswrangler to a quarter as JSON lines"
    yield _ratio(of_lines, lambda: _wrangler(stand, folder / "lines.jsonl"), lines_seconds, _LEAST_WRANGLER)
    of_dlt = "CPU of dlt's default reader to a quarter"
    yield _ratio(of_dlt, lambda: _dlt(folder / "part.csv"), csv_seconds, _LEAST_DLT)


def _ratio(name: str, peer: Callable[[], float], seconds: float, least: float) -> Figure | Untried:
    try:
        return Figure(name, peer() / seconds, "x", least=least)
    except PeerMissingError as error:
        return Untried(name, f"≥ {least} ×: {error}")


def _wrangler(stand: Stand, path: Path) -> float:
    key = f"peers/{path.name}"
    stand.clients.client("s3").upload_file(str(path), BUCKET, key)
    fields = stand.contract.fields
    columns = {name: [field.name for field in fields if field.type is kind] for name, kind in _BY_TYPE.items()}
    arguments = (f"s3://{BUCKET}/{key}", f"s3://{BUCKET}/peers/out-{path.suffix[1:]}/", json.dumps(columns))
    return cpu_seconds("awswrangler", *arguments, environment=stand.environment)


def _dlt(path: Path) -> float:
    quiet = {"RUNTIME__DLTHUB_TELEMETRY": "false", "HOME": str(path.parent)}
    return cpu_seconds("dlt", str(path), str(path.parent / "dlt"), environment=quiet)
