"""Retention of Dagster's runs: finished ones go with their events and logs, unless an asset's state is theirs."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_PAGE = 500  # records asked for by their ids


def delete_old_runs(
    instance: dg.DagsterInstance, now: datetime, *, days: int, days_failed: int, jobs_kept: Collection[str]
) -> int:
    """Delete runs that succeeded more than `days` ago; return how many.

    Those that did not succeed stay `days_failed` days, as do the runs of `jobs_kept`. Deleting a run deletes its
    materialisations. So a run stays, however old, while it made the latest one of an asset, or of one of its
    partitions, which would count as missing otherwise. The results of checks are kept apart from runs, and stay.
    """
    old = set(_ended(instance, [dg.DagsterRunStatus.SUCCESS], now - timedelta(days=days), jobs_kept))
    old |= set(_ended(instance, [*_FAILED, dg.DagsterRunStatus.SUCCESS], now - timedelta(days=days_failed), ()))
    if old:
        old -= set(_latest(instance))
    for run_id in old:
        _delete(instance, run_id)
    return len(old)


def _ended(
    instance: dg.DagsterInstance, statuses: list[dg.DagsterRunStatus], before: datetime, except_jobs: Collection[str]
) -> Iterator[str]:
    """Runs that were last changed before then."""
    found = instance.get_runs(dg.RunsFilter(statuses=statuses, updated_before=before))
    return (run.run_id for run in found if run.job_name not in except_jobs)


def _latest(instance: dg.DagsterInstance) -> Iterator[str]:
    """The runs that made the latest materialisation or observation of an asset, and of each of its partitions."""
    for record in instance.get_asset_records():
        entry = record.asset_entry
        for latest in (entry.last_materialization_record, entry.last_observation_record):
            if latest:
                yield latest.run_id
        made = dg.DagsterEventType.ASSET_MATERIALIZATION
        ids = list(instance.event_log_storage.get_latest_storage_id_by_partition(entry.asset_key, made).values())
        for start in range(0, len(ids), _PAGE):
            page = dg.AssetRecordsFilter(entry.asset_key, storage_ids=ids[start : start + _PAGE])
            yield from (item.run_id for item in instance.fetch_materializations(page, limit=_PAGE).records)


def _delete(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete a run; SQLite keeps its events in a file of their own, which Dagster empties and leaves."""
    instance.delete_run(run_id)
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    path = getattr(instance.event_log_storage, "path_for_shard", None)
    if path is not None:
        Path(path(run_id)).unlink(missing_ok=True)
