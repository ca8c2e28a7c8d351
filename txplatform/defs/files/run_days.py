"""How a run of the files asset knows its days: a range in its tags, the days of it in its configuration."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from txplatform.defs.keys import EntityKeys

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


def range_tags(days: Sequence[date]) -> dict[str, str]:
    """The tags of a run over the range of these sorted days."""
    return {RANGE_START_TAG: days[0].isoformat(), RANGE_END_TAG: days[-1].isoformat()}


def files_config(entity: str, days: Sequence[date], *, delete_emptied: bool = False) -> dict[str, Any]:
    """The configuration of a run that takes these days of its range alone; see `FilesConfig`."""
    config: dict[str, Any] = {"days": [day.isoformat() for day in days]}
    if delete_emptied:
        config["empty_days"] = "delete"
    return {"ops": {EntityKeys.of(entity).files.path[-1]: {"config": config}}}
