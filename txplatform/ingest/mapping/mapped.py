"""What mapping makes of the payloads of a file: rows under the contract's names, reasons, and counts of the rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest.mapping.row_engine import Reading
from txplatform.ingest.row_gate import REASON

POSITION = "_position"  # of the payload in its file, from 0
PART = "_part"  # of the record among those of its payload, from 0


@dataclass(frozen=True, slots=True)
class Mapped:
    """`rows` has a text for each field, POSITION and PART; `refused` the POSITION and `reasons` of payloads."""

    rows: pl.DataFrame
    refused: pl.DataFrame
    ignored: Counter[str] = field(default_factory=Counter[str])
    others: int = 0
    other_records: Counter[str] = field(default_factory=Counter[str])


def rows_schema(contract: Contract) -> pl.Schema:
    """The columns of mapped rows."""
    texts = {item.name: pl.String() for item in contract.fields}
    return pl.Schema({**texts, POSITION: pl.UInt32(), PART: pl.Int64()})


def refused_schema() -> pl.Schema:
    """The columns of refused payloads."""
    return pl.Schema({POSITION: pl.UInt32(), "reasons": pl.List(REASON)})


def of_readings(contract: Contract, positions: Sequence[int], readings: Sequence[Reading]) -> Mapped:
    """What the row engine made of the payloads at these positions."""
    pairs = list(zip(positions, readings, strict=True))
    rows = [
        {**record, POSITION: position, PART: part}
        for position, reading in pairs
        for part, record in enumerate(reading.records)
    ]
    refused = [{POSITION: position, "reasons": reading.reasons} for position, reading in pairs if reading.reasons]
    rest = [reading for reading in readings if not (reading.records or reading.reasons)]
    others = [reading for reading in rest if reading.others]
    return Mapped(
        pl.DataFrame(rows, schema=rows_schema(contract)),
        pl.DataFrame(refused, schema=refused_schema()),
        Counter(reading.ignored[0] for reading in rest if not reading.others),
        len(others),
        Counter(entity for reading in readings for entity in reading.others),
    )


def together(contract: Contract, parts: Sequence[Mapped]) -> Mapped:
    """What several parts of a file were mapped to, in the order of the file."""
    rows = pl.concat([pl.DataFrame(schema=rows_schema(contract)), *(part.rows for part in parts)])
    refused = pl.concat([pl.DataFrame(schema=refused_schema()), *(part.refused for part in parts)])
    return Mapped(
        rows.sort(POSITION, PART),
        refused.sort(POSITION),
        sum((part.ignored for part in parts), Counter[str]()),
        sum(part.others for part in parts),
        sum((part.other_records for part in parts), Counter[str]()),
    )
