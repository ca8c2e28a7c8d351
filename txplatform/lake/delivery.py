"""What the RAW prefixes of some days hold now, read and validated, with what could not be read of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import DAY
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.readers import read_file
from txplatform.ingest.tally import Tally
from txplatform.lake.catalog import Lake
from txplatform.lake.order_key import in_landing_order
from txplatform.lake.reading import gate_objects
from txplatform.lake.redelivery import LOCATION
from txplatform.lake.reporting import Refused
from txplatform.lake.system_columns import file_rows
from txplatform.ledger import LandedObject, LandingArea


@dataclass(slots=True)
class Delivery:
    """The objects of some days and their rows.

    `retained_keys` (day and key, a frame for each object) and `damaged` (objects by URI, without their version) name
    what the delivery had to say but could not: a refused row with a readable key, and an object with other refusals.
    `tallies` has the day and the counts of each file that was mapped.
    """

    objects: list[LandedObject] = field(default_factory=list[LandedObject])
    rows: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    refused: list[Refused] = field(default_factory=list[Refused])
    retained_keys: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    damaged: set[str] = field(default_factory=set[str])
    tallies: list[tuple[date, Tally]] = field(default_factory=list[tuple[date, Tally]])

    def retained_sources(self, former: pl.DataFrame) -> set[str]:
        """The objects whose former rows stay: the damaged ones, and those of their days that are gone.

        An object that is gone may be a damaged one, delivered again under another name.
        """
        days = {item.dt for item in self.objects if item.location in self.damaged}
        sources = set(former.filter(pl.col(DAY).is_in(list(days))).select(LOCATION).to_series())
        return self.damaged | (sources - {item.location for item in self.objects})


def read_delivery(
    contract: Contract, lake: Lake, landing_area: LandingArea, days: Sequence[date], mappings: FileMappings
) -> Delivery:
    """Read and validate the objects that the days hold now."""
    delivery = Delivery()
    listed = in_landing_order(landing_area.objects(Lane.FILES, contract.name, days))
    for found in gate_objects(contract, lake, listed, read_file, mappings):
        item = found.item
        delivery.objects.append(item)
        if found.refused.height:
            delivery.refused.append((item, item.dt, found.refused))
        if found.rows is None:
            delivery.damaged.add(item.location)
            continue
        _, gated = found.rows
        delivery.rows.append(file_rows(contract, item, gated))
        if gated.tally is not None:
            delivery.tallies.append((item.dt, gated.tally))
        if gated.refused.height:
            delivery.retained_keys.append(gated.refused_keys.select(pl.lit(item.dt).alias(DAY), pl.all()))
            if gated.refused_keys.height < gated.refused.height:
                delivery.damaged.add(item.location)
    return delivery
