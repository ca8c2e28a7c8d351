"""Run in an environment of its own: a CSV file to Parquet by dlt's default reader; prints CPU seconds.

Arguments: path of the file, and a folder for the output and for what dlt keeps of its work.
"""

import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def main(source: str, folder: str) -> None:
    """Convert one file."""
    dlt: Any = import_module("dlt")
    files: Any = import_module("dlt.sources.filesystem")
    before = _cpu_seconds()
    path = Path(source)
    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.filesystem(Path(folder, "out").as_uri()),
        dataset_name="bench",
        pipelines_dir=str(Path(folder, "work")),
    )
    rows = files.filesystem(bucket_url=path.parent.as_uri(), file_glob=path.name) | files.read_csv()
    pipeline.run(rows.with_name("payments"), loader_file_format="parquet")
    print(_cpu_seconds() - before)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


if __name__ == "__main__":
    main(*sys.argv[1:])
