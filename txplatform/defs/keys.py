"""Asset keys, groups and run tags: every name that an asset or a run has in Dagster."""

from dataclasses import dataclass
from datetime import timedelta

import dagster as dg

from txplatform.contracts import names

DASHBOARDS_GROUP = "dashboards"
SYSTEMS_GROUP = "source_systems"

LANE_TAG = "txplatform/lane"  # one run at a time has the same value
ENTITY_TAG = "txplatform/entity"
BACKGROUND_TAG = "txplatform/background"  # of runs that leave slots to the changes lanes; see dagster.yaml
MAX_RUNTIME_TAG = "dagster/max_runtime"  # seconds; Dagster's run monitoring ends what takes longer

DASHBOARD = dg.AssetKey("dashboard")
QUICKSIGHT_DASHBOARD = dg.AssetKey("quicksight_dashboard")
POWER_BI_MODEL = dg.AssetKey("powerbi_model")
POWER_BI_REPORT = dg.AssetKey("power_bi_report")


def lane_tags(lane: str, entity: str | None = None, *, max_runtime: timedelta) -> dict[str, str]:
    """The tags of a job that works in the background: on one entity, or, without one, on all of them."""
    return {**_lane(lane, entity, max_runtime), BACKGROUND_TAG: "true"}


def urgent_lane_tags(lane: str, entity: str, *, max_runtime: timedelta) -> dict[str, str]:
    """The tags of a job for which a slot is kept free, and which the queue starts before others."""
    return {**_lane(lane, entity, max_runtime), "dagster/priority": "1"}


def _lane(lane: str, entity: str | None, max_runtime: timedelta) -> dict[str, str]:
    seconds = str(int(max_runtime.total_seconds()))
    own = {LANE_TAG: f"{entity}/{lane}", ENTITY_TAG: entity} if entity else {LANE_TAG: lane}
    return {**own, MAX_RUNTIME_TAG: seconds}


def system_key(system: str) -> dg.AssetKey:
    """Name the asset of a source system's queue."""
    return dg.AssetKey(f"source_{system}")


def quicksight_key(entity: str) -> dg.AssetKey:
    """Name the asset of an entity's copies in SPICE."""
    return dg.AssetKey(f"quicksight_{entity}")


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
    quality: dg.AssetKey
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
            quality=dg.AssetKey(names.quality_view(entity)),
            snapshot=dg.AssetKey(names.snapshot_table(entity)),
            view=dg.AssetKey(entity),
            maintenance=dg.AssetKey(f"{entity}_maintenance"),
        )
