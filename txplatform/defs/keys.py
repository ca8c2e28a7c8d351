"""Asset keys, groups and run tags: every name that an asset or a run has in Dagster."""

from dataclasses import dataclass

import dagster as dg

from txplatform.contracts import names

DASHBOARDS_GROUP = "dashboards"

LANE_TAG = "txplatform/lane"
ENTITY_TAG = "txplatform/entity"
MAX_RUNTIME_TAG = "dagster/max_runtime"  # seconds; Dagster's run monitoring ends what takes longer
ALERTED_TAG = "txplatform/alerted"  # with the step as its last part

DASHBOARD = dg.AssetKey("dashboard")
QUICKSIGHT_DASHBOARD = dg.AssetKey("quicksight_dashboard")
POWER_BI_REPORT = dg.AssetKey("power_bi_report")


@dataclass(frozen=True, slots=True)
class EntityKeys:
    """The assets of one entity, in the order in which a record passes them."""

    source: dg.AssetKey
    api: dg.AssetKey
    table: dg.AssetKey
    landing: dg.AssetKey
    raw: dg.AssetKey
    files: dg.AssetKey
    changes: dg.AssetKey
    quarantine: dg.AssetKey
    snapshot: dg.AssetKey
    view: dg.AssetKey
    maintenance: dg.AssetKey

    @classmethod
    def of(cls, entity: str) -> "EntityKeys":
        """Name the assets of `entity`. One word each, since lineage nodes show the last part of a key only."""
        return cls(
            source=dg.AssetKey(f"{entity}_source"),
            api=dg.AssetKey(f"{entity}_api"),
            table=dg.AssetKey(f"{entity}_table"),
            landing=dg.AssetKey(f"{entity}_landing"),
            raw=dg.AssetKey(f"{entity}_raw"),
            files=dg.AssetKey(names.files_table(entity)),
            changes=dg.AssetKey(names.changes_table(entity)),
            quarantine=dg.AssetKey(names.quarantine_table(entity)),
            snapshot=dg.AssetKey(names.snapshot_table(entity)),
            view=dg.AssetKey(entity),
            maintenance=dg.AssetKey(f"{entity}_maintenance"),
        )
