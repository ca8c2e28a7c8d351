"""Fields that go out of use are counted where files still fill them in."""

from dataclasses import replace

import dagster as dg
import polars as pl

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Evolution
from txplatform.defs.files.deprecated_fields import deprecated_fields_metadata
from txplatform.ingest.deprecated_fields import count_deprecated

PAYMENTS = load_contracts()["payments"]
EVOLUTIONS = {
    "channel": Evolution(deprecated="Use order_reference."),
    "method": Evolution(deprecated="Nobody reads it.", backfill="card"),
    "merchant_id": Evolution(deprecated="Use another."),
}
CONTRACT = replace(
    PAYMENTS,
    fields=tuple(replace(item, evolution=EVOLUTIONS.get(item.name, item.evolution)) for item in PAYMENTS.fields),
)


def test_values_of_deprecated_fields_are_counted_but_those_that_are_filled_in() -> None:
    rows = pl.DataFrame({"channel": ["web", None, "app"], "method": ["card"] * 3, "merchant_id": [None] * 3})
    counts = count_deprecated(CONTRACT, rows)
    assert counts == {"channel": 2}
    table = deprecated_fields_metadata(CONTRACT, counts)["deprecated_fields"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [record.data for record in table.records] == [
        {"name": "channel", "rows": 2, "deprecated": "Use order_reference."}
    ]
    assert deprecated_fields_metadata(CONTRACT, {}) == {}
