"""A CSV file of any size through the files lane, in a process of its own: what it takes is printed as JSON.

The file is made while it is read, in S3's place, and never held: rows of one width, so that each part can be made by
itself. From there on all is real: the ranged reads, the readers, the gate, order keys and digests, data files of the
rows and of the refused, and the commit, to tables on the local disk in place of Glue and S3.
"""

import json
import sys
import tempfile
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import numpy as np
from pyiceberg.catalog.memory import InMemoryCatalog

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.contracts.render.iceberg import (
    files_partition_spec,
    files_schema,
    quarantine_partition_spec,
    quarantine_schema,
)
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.lake.catalog import PROPERTIES, Lake
from txplatform.lake.commit import replace_days, replace_refused
from txplatform.lake.day_files import DayFiles
from txplatform.lake.delivery import write_delivery
from txplatform.ledger import LandedObject
from txplatform_tests.bench.frame.measuring import cost_of
from txplatform_tests.lake_stand import csv_of, payment

DAY = date(2026, 1, 1)
BAD = 1000  # one row of so many has an amount that is no number
_KEY, _AMOUNT = "0" * 10, "1234567.89"
_FIELDS = {"order_reference": "A-2026-000117", "channel": "web", "items_count": 3, "card_last4": "4242"}
_MORE = {"payer_name": "Ada Lovelace of London", "description": "Two tickets and a programme"}
_HEADER, _ROW, _ = csv_of([payment(_KEY, _AMOUNT, **_FIELDS, **_MORE)]).encode().split(b"\n")


class GeneratedFile:
    """The client of an S3 that holds one object: a CSV file of so many rows."""

    def __init__(self, rows: int) -> None:
        self._width = len(_ROW) + 1
        self.size = len(_HEADER) + 1 + rows * self._width

    def client(self, _: str) -> "GeneratedFile":
        return self

    def get_object(self, Range: str | None = None, **_: str) -> dict[str, Any]:  # noqa: N803 # boto3's name
        answer = {"ContentLength": self.size, "ETag": '"generated"', "VersionId": "1"}
        if Range is None:
            return answer | {"Body": BytesIO()}
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        return answer | {"Body": BytesIO(self._bytes(first, last + 1))}

    def _bytes(self, start: int, end: int) -> bytes:
        head = _HEADER + b"\n"
        begin = max(0, start - len(head)) // self._width
        rows = -(-max(0, end - len(head)) // self._width) - begin
        made, offset = _rows(begin, rows).tobytes(), len(head) + begin * self._width
        if start < len(head):
            made, offset = head + made, 0
        return made[start - offset : end - offset]


def _rows(first: int, count: int) -> Any:
    """Rows as bytes, `count` × width; their keys are in no order."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    rows = np.tile(np.frombuffer(_ROW + b"\n", np.uint8), (count, 1))
    keys = numbers * 387_420_489 % 10**10
    for place in range(10):
        rows[:, place] = keys // 10 ** (9 - place) % 10 + ord("0")
    cents = _ROW.index(_AMOUNT.encode())
    for place in range(1, 7):
        rows[:, cents + place] = keys // 10**place % 10 + ord("0")
    rows[numbers % BAD == 0, cents] = ord("x")
    return rows


class LocalLake(Lake):
    """The two tables of files, on the local disk."""

    def __init__(self, s3: Any, folder: str) -> None:
        self.clients = s3
        self._catalog: Any = InMemoryCatalog("local", warehouse=f"file://{folder}")
        self._catalog.create_namespace(names.DATABASE)


def main(size: int) -> None:
    """Take in a file of about `size` bytes."""
    contract = load_contracts()["payments"]
    s3 = GeneratedFile(-(-size // (len(_ROW) + 1)))
    now = datetime(2026, 1, 2, tzinfo=UTC)
    key = f"{names.lane_prefix(Lane.FILES, contract.name)}dt={DAY}/huge.csv"
    item = LandedObject(Lane.FILES, contract.name, "lake", key, "1", '"generated"', s3.size, now, DAY)
    with tempfile.TemporaryDirectory() as folder, cost_of() as cost:
        lake = LocalLake(s3, folder)
        name, refused = names.files_table(contract.name), names.quarantine_table(contract.name)
        for table, schema, spec in (
            (name, files_schema(contract), files_partition_spec(contract)),
            (refused, quarantine_schema(contract), quarantine_partition_spec(contract)),
        ):
            lake._catalog.create_table((names.DATABASE, table), schema, partition_spec=spec, properties=PROPERTIES)
        base = lake.table(name)
        files = DayFiles(contract, base, "huge", now)
        delivery = write_delivery(contract, lake, [item], FileMappings(), files, utc_now())
        replace_refused(lake, refused, Lane.FILES, delivery.quarantined[DAY], [DAY])
        commit = replace_days(lake, base, name, files.written(), [DAY])
        assert commit is not None
        quarantined = lake.table(refused).inspect.files()["record_count"].to_pylist()
    figures = {"bytes": s3.size, "rows": commit.rows, "quarantined": sum(quarantined)}
    print(json.dumps(figures | {"peak_bytes": cost.peak_bytes, "cpu_seconds": cost.cpu_seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
