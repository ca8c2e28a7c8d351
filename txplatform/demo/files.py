"""Historical files as partners drop them: daily extracts in three formats, and the accidents that happen to files."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.arrow import business_schema
from txplatform.demo.records import Record, RecordMaker
from txplatform.demo.wire import to_json

_PAYMENTS_A_DAY, _TRADES_A_DAY, _CUSTOMERS = 190, 60, 140


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file for the RAW area. `records` are its valid rows, `refused` is the number of rows that belong in quarantine.

    `story` names in a few words what is special about the file.
    """

    entity: str
    day: date
    name: str
    body: bytes
    records: tuple[Record, ...]
    refused: int = 0
    story: str = ""

    @property
    def key(self) -> str:
        """Where it is dropped in the lake bucket."""
        return f"{names.lane_prefix(names.Lane.FILES, self.entity)}dt={self.day.isoformat()}/{self.name}"


@dataclass(frozen=True, slots=True)
class History:
    """`files` are dropped first, all at once; `redelivered` replaces one of them later."""

    files: tuple[DroppedFile, ...]
    redelivered: DroppedFile


def history(maker: RecordMaker, contracts: Mapping[str, Contract], today: date, days: int) -> History:
    """Make the files of the `days` days before today (at least five)."""
    past = [today - timedelta(days=back) for back in range(days, 0, -1)]
    customers = [
        maker.customer(datetime.combine(today - timedelta(days=maker.random.randint(30, 500)), time(9), UTC))
        for _ in range(_CUSTOMERS)
    ]
    late = customers[: _CUSTOMERS // 10]
    payers = [record["customer_id"] for record in customers]
    files = [_json_lines(past[-2], "customers-full.jsonl", customers[len(late) :], "full extract")]
    changed = [
        maker.changed_customer(record, datetime.combine(past[-1], time(18, maker.random.randint(0, 59)), UTC))
        for record in maker.random.sample(customers[len(late) :], 10)
    ]
    files.append(
        _json_lines(past[-1], "customers-changes.jsonl", [*late, *changed], "ten of the rows are newer versions")
    )
    daily = {day: _payments(maker, payers, day) for day in past}
    for day, records in daily.items():
        bad = _malformed_rows(maker, payers, day) if day == past[1] else []
        story = f"{len(bad)} bad rows among good ones" if bad else ""
        files.append(_csv("payments", day, "payments.csv.gz", contracts, records, bad, story))
        files.append(_parquet("trades", day, "trades.parquet", contracts, _trades(maker, day)))
    files += _accidents(maker, payers, contracts, past)
    return History(tuple(files), _redelivery(maker, payers, contracts, past[2], daily[past[2]]))


def _payments(maker: RecordMaker, payers: Sequence[str], day: date) -> list[Record]:
    typical = _PAYMENTS_A_DAY if day.weekday() < 5 else _PAYMENTS_A_DAY * 6 // 10
    count = typical + maker.random.randint(-typical // 6, typical // 6)
    return [maker.historical_payment(maker.random.choice(payers), day) for _ in range(count)]


def _trades(maker: RecordMaker, day: date) -> list[Record]:
    moments = sorted(maker.moment(day) for _ in range(_TRADES_A_DAY + maker.random.randint(-15, 15)))
    return [maker.trade(moment) for moment in moments]


def _malformed_rows(maker: RecordMaker, payers: Sequence[str], day: date) -> list[Record]:
    rows = [maker.historical_payment(maker.random.choice(payers), day) for _ in range(3)]
    return [rows[0] | {"amount": "1.299,00"}, rows[1] | {"status": "teleported"}, rows[2] | {"created_at": "yesterday"}]


def _accidents(
    maker: RecordMaker, payers: Sequence[str], contracts: Mapping[str, Contract], past: Sequence[date]
) -> list[DroppedFile]:
    """Files with a missing column, cut off in the upload, and empty."""
    branch = [maker.historical_payment(maker.random.choice(payers), past[1]) for _ in range(12)]
    short = [{name: value for name, value in record.items() if name != "currency"} for record in branch]
    columns = [field.name for field in contracts["payments"].fields if field.name != "currency"]
    lost = _csv("payments", past[3], "payments-branch.csv.gz", contracts, _payments(maker, payers, past[3])[:40])
    return [
        DroppedFile(
            "payments", past[1], "payments-branch.csv", _csv_text(columns, short), (), len(short), "a column is missing"
        ),
        DroppedFile("payments", past[3], lost.name, lost.body[: len(lost.body) // 2], (), 1, "the gzip is cut off"),
        DroppedFile("trades", past[4], "trades-correction.csv", b"", (), 1, "empty"),
    ]


def _redelivery(
    maker: RecordMaker, payers: Sequence[str], contracts: Mapping[str, Contract], day: date, records: Sequence[Record]
) -> DroppedFile:
    """The day as the partner sends it again: two payments are gone, five are corrected, one is added."""
    kept = list(records[2:])
    for index in maker.random.sample(range(len(kept)), 5):
        record = kept[index]
        kept[index] = record | {
            "amount": record["amount"] + Decimal("1.00"),
            "updated_at": record["updated_at"] + timedelta(hours=1),
        }
    kept.append(maker.historical_payment(maker.random.choice(payers), day))
    return _csv("payments", day, "payments.csv.gz", contracts, kept, (), "delivered again")


def _csv(
    entity: str,
    day: date,
    name: str,
    contracts: Mapping[str, Contract],
    records: Sequence[Record],
    bad: Sequence[Record] = (),
    story: str = "",
) -> DroppedFile:
    columns = [field.name for field in contracts[entity].fields]
    body = gzip.compress(_csv_text(columns, [*records, *bad]), mtime=0)
    return DroppedFile(entity, day, name, body, tuple(records), len(bad), story)


def _csv_text(columns: Sequence[str], records: Sequence[Record]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(record.get(name)) for name in columns] for record in records)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
        case _:
            return str(value)


def _json_lines(day: date, name: str, records: Sequence[Record], story: str) -> DroppedFile:
    body = "".join(to_json(record) + "\n" for record in records).encode()
    return DroppedFile("customers", day, name, body, tuple(records), 0, story)


def _parquet(
    entity: str, day: date, name: str, contracts: Mapping[str, Contract], records: Sequence[Record]
) -> DroppedFile:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(records), business_schema(contracts[entity])), sink, compression="zstd")
    return DroppedFile(entity, day, name, sink.getvalue().to_pybytes(), tuple(records))
