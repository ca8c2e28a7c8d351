"""Reads a file of a source system and validates the rows that its mapping makes: batches in, (good, refused) out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import BinaryIO

import polars as pl

from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import NESTED, Contract
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.mapping.inputs import names_in
from txplatform.ingest.mapping.mapped import PART, POSITION, Mapped, of_readings, together
from txplatform.ingest.mapping.payloads import payload_texts, read_payloads, without_unusable
from txplatform.ingest.mapping.row_engine import RowEngine
from txplatform.ingest.mapping.screen import Screen
from txplatform.ingest.nested.lines import with_json_inside
from txplatform.ingest.row_gate import REASON, REFUSED_SCHEMA, Gated, validate_rows
from txplatform.ingest.tally import Tally

_UNRECOGNISED = {"unrecognised", "unmapped"}


class FileMapping:
    """How the files of one source system become rows of one entity."""

    def __init__(self, system: SourceSystem, contract: Contract, contracts: Mapping[str, Contract]) -> None:
        self.contract = contract
        self._engine = RowEngine(system, contract, contracts)
        self.screen = Screen(self._engine, contract)

    def read(self, name: str, content: BinaryIO) -> Iterator[RawBatch]:
        """Read the payloads of a file under the names of its source, in batches."""
        return read_payloads(name, content, self._engine.system.files, self._engine.system.layouts)

    def gate(self, raw: RawBatch, *, first: bool) -> Gated | FileRejected:
        """Map the payloads and validate what they yield; refuse a file if the system recognises none of its first."""
        unusable = [name for name in raw.unusable_columns if name in self._names]
        if unusable:
            reasons = "; ".join(f"column {name}: {raw.unusable_columns[name]}" for name in unusable)
            return FileRejected("file.column_type", reasons)
        if raw.unusable_columns:
            raw = replace(raw, frame=raw.frame.drop(raw.unusable_columns))
        raw = without_unusable(raw, self._names)
        mapped = self._map(raw)
        if first and raw.rows.len() and mapped.refused.height == raw.rows.len() and _is_unrecognised(mapped.refused):
            name = self._engine.system.name
            count = mapped.refused.height
            return FileRejected("file.unrecognised", f"none of the first {count} records is a payload of {name}")
        rows = mapped.rows.with_columns(
            with_json_inside(mapped.rows[field.name], field) for field in self.contract.fields if field.type in NESTED
        )
        batch = RawBatch(
            rows.drop(POSITION, PART),
            raw.rows.gather(rows[POSITION]),
            lambda: raw.payload_of(rows[POSITION]),  # only if a row is refused
            raw.broken,
        )
        gated = validate_rows(self.contract, batch)
        refused = _by_record(pl.concat([_refused(raw, mapped), self._explained(raw, gated.refused)]))
        accepted = gated.rows.alias("row").unique().to_frame().join(refused, on="row", how="anti").height
        tally = Tally(accepted, refused.height, mapped.ignored, mapped.others, mapped.other_records)
        keyless = gated.keyless + mapped.refused.height  # a record that is not mapped has a key, and nothing reads it
        parts = rows[PART].gather(gated.positions)
        return replace(gated, refused=refused, keyless=keyless, parts=parts, tally=tally)

    @cached_property
    def _names(self) -> frozenset[str]:
        """Every name that the mapping reads, wherever it stands."""
        return frozenset(names_in(self._engine.system))

    def _map(self, raw: RawBatch) -> Mapped:
        """What the columns yield, and for payloads that they leave open what the row engine says."""
        mapped, left = self.screen.map(raw)
        readings = [self._engine.read(text) for text in payload_texts(raw, left)]
        return together(self.contract, [mapped, of_readings(self.contract, left.to_list(), readings)])

    def _explained(self, raw: RawBatch, refused: pl.DataFrame) -> pl.DataFrame:
        """Refused rows with the reasons of the row engine, which say where in the payload it is."""
        places = raw.rows.alias("row").to_frame().with_row_index(POSITION)
        found = refused.join(places, on="row", how="left", maintain_order="left")
        positions = found[POSITION].drop_nulls()
        reasons = [self._engine.read(text).reasons for text in payload_texts(raw, positions)]
        known = pl.DataFrame(
            {POSITION: positions, "known": reasons}, schema={POSITION: pl.UInt32, "known": pl.List(REASON)}
        )
        found = found.join(known.unique(POSITION), on=POSITION, how="left", maintain_order="left")
        has_any = (pl.col("known").list.len() > 0).fill_null(value=False)
        return found.select("row", "payload", pl.when(has_any).then("known").otherwise("reasons").alias("reasons"))


def _is_unrecognised(refused: pl.DataFrame) -> bool:
    rules = refused["reasons"].explode().struct.field("rule")
    return set(rules.unique()) <= _UNRECOGNISED


def _refused(raw: RawBatch, mapped: Mapped) -> pl.DataFrame:
    """The refused payloads as the gate writes refused rows."""
    positions = mapped.refused[POSITION]
    payload = raw.payload_of(positions)
    return mapped.refused.select(
        raw.rows.gather(positions).alias("row"), payload.alias("payload"), "reasons"
    ).match_to_schema(REFUSED_SCHEMA)


def _by_record(refused: pl.DataFrame) -> pl.DataFrame:
    """One row for each refused record of the file, with every reason once."""
    return (
        refused.group_by("row", maintain_order=True)
        .agg(pl.col("payload").first(), pl.col("reasons").explode().unique(maintain_order=True))
        .sort("row")
    )
