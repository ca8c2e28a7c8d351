"""Run in an environment of its own: a file of S3 to Parquet by awswrangler, with exact decimals; prints CPU seconds.

Arguments: S3 URI of the file, S3 URI of a prefix for the output, and a JSON object of columns by type.
"""

import json
import resource
import sys
from decimal import Decimal
from importlib import import_module
from typing import Any


def main(source: str, target: str, columns: str) -> None:
    """Convert one file."""
    wrangler: Any = import_module("awswrangler")
    types: dict[str, list[str]] = json.loads(columns)
    before = resource.getrusage(resource.RUSAGE_SELF)
    exact = dict.fromkeys(types["decimal"], str)
    if source.endswith(".csv"):
        frame = wrangler.s3.read_csv(source, dtype=exact, parse_dates=types["timestamp"])
    else:
        frame = wrangler.s3.read_json(source, lines=True, dtype=exact, convert_dates=types["timestamp"])
    for name in types["decimal"]:
        frame[name] = frame[name].map(Decimal, na_action="ignore")
    wrangler.s3.to_parquet(
        frame, target, dataset=True, compression="zstd", dtype=dict.fromkeys(types["text"], "string")
    )
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    main(*sys.argv[1:])
