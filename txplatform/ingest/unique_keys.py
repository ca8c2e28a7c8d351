"""Refuses rows of a file whose key an earlier row of it has, where the contract says that keys are unique in a file.

The keys of the file are held while it is read. Without that rule, of the rows of a key the newest is the state.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.object_gate import Outcome
from txplatform.ingest.row_gate import REASON, REFUSED_SCHEMA, Gated

DUPLICATE_KEY = "row.duplicate_key"
_FIRST, _ROW = "_first", "_row"


def with_unique_keys(contract: Contract, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The batches of one file in the contract's form; a row with the key of an accepted one is refused.

    Its reason names the line of the accepted one. A file of a source system holds several states of a record by its
    nature, and is left as it is.
    """
    seen: pl.DataFrame | None = None
    for outcome in outcomes:
        if isinstance(outcome, FileRejected) or outcome[1].tally is not None:
            yield outcome
            continue
        raw, gated = outcome
        keys = gated.good.select(contract.key).with_columns(gated.rows.cast(pl.Int64).alias(_ROW))
        here = keys.group_by(contract.key).agg(pl.col(_ROW).min().alias(_FIRST))
        if seen is None:
            seen = here.clear()
        earlier = seen.join(here, on=contract.key, how="semi")
        new = here.join(earlier, on=contract.key, how="anti")
        firsts = keys.join(pl.concat([earlier, new]), on=contract.key, how="left", maintain_order="left")[_FIRST]
        seen = pl.concat([seen, new])
        yield raw, _without_repeated(contract, raw, gated, firsts)


def _without_repeated(contract: Contract, raw: RawBatch, gated: Gated, firsts: pl.Series) -> Gated:
    """The batch, of which the rows of a key are refused whose first line is another."""
    repeated = firsts != gated.rows.cast(pl.Int64)
    if not repeated.any():
        return gated
    message = pl.concat_str(pl.lit("has the key of line "), firsts.filter(repeated), pl.lit(" of the file"))
    reason = pl.struct(
        pl.lit(", ".join(contract.key)).alias("field"), pl.lit(DUPLICATE_KEY).alias("rule"), message.alias("message")
    )
    refused = pl.DataFrame(
        {"row": gated.rows.filter(repeated), "payload": raw.payload_of(gated.positions.filter(repeated))}
    ).with_columns(reason.cast(REASON).reshape((-1, 1)).arr.to_list().alias("reasons"))
    return replace(
        gated,
        good=gated.good.filter(~repeated),
        positions=gated.positions.filter(~repeated),
        rows=gated.rows.filter(~repeated),
        parts=None if gated.parts is None else gated.parts.filter(~repeated),
        refused=pl.concat([gated.refused, refused.match_to_schema(REFUSED_SCHEMA)]).sort("row"),
    )
