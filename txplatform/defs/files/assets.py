"""The asset `<entity>_files`: a day of files, replaced whole."""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import dagster as dg
from pydantic import Field

from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.contract_terms import asset_tags, next_delivery_within, owners
from txplatform.defs.failures import translated
from txplatform.defs.files.deprecated_fields import deprecated_fields_metadata
from txplatform.defs.files.partitions import batches, daily, days_to_take
from txplatform.defs.files.unknown_names import unknown_names_metadata, warn_of_unknown_names
from txplatform.defs.files.volume import volume_check, volume_result
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import lake_columns, listing, table_name, written_columns
from txplatform.defs.resources import PlatformResource
from txplatform.defs.validation import (
    gate_metadata,
    mapping_metadata,
    quarantine_event,
    refused_rows_check,
    refused_rows_result,
    summed,
)
from txplatform.errors import DaysEmptiedError, ErrorBudgetError

if TYPE_CHECKING:
    from txplatform.lake.reports import DayReport, FilesReport


class FilesConfig(dg.Config):
    """Which days a run takes, and what it does with a day whose files are gone, or hold no row or too few."""

    days: list[str] = Field(
        default=[],
        description="The days of the run's range that it takes, such as 2026-11-27; without any, every day of the "
        "range. A day that is not named is neither read nor materialised.",
    )
    empty_days: Literal["refuse", "delete"] = Field(
        default="refuse",
        description="A day whose RAW folder holds no row, or less than the contract's leastRedelivery, while the table "
        "holds live ones of it: refuse leaves the rows, replaces the other days and fails the run; delete replaces it "
        "too, and rows that it no longer holds become tombstones.",
    )


def files_asset(
    contract: Contract, contracts: Mapping[str, Contract], systems: Collection[SourceSystem] = ()
) -> dg.AssetsDefinition:
    """Build the files asset of one entity, one partition per day; any number of days is one run.

    Files of `systems` are mapped; these map to `contracts`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # backfill_policy, until Dagster calls it stable
        return _files_asset(contract, contracts, systems)


def _files_asset(
    contract: Contract, contracts: Mapping[str, Contract], systems: Collection[SourceSystem]
) -> dg.AssetsDefinition:
    keys = EntityKeys.of(contract.name)

    @dg.asset(
        key=keys.files,
        deps=[keys.raw],
        partitions_def=daily(contract),
        backfill_policy=dg.BackfillPolicy.single_run(),
        output_required=False,  # a run materialises the days that it took, and an output all days of its range
        pool=keys.files.path[-1],  # runs of the sensor, of backfills and by hand: one at a time
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        freshness_policy=next_delivery_within(contract.sla.frequency),
        kinds={"iceberg", "parquet", "pandera"},
        check_specs=[refused_rows_check(keys.files), volume_check(keys.files)],
        description=f"Validated rows of the files of {contract.title}, one partition per day, one row per row of a "
        "file. Materialising a day replaces it atomically with what its RAW folder holds now; a key that a redelivered "
        "file no longer holds becomes a tombstone. A day whose files are all gone, or hold no row or too few, is "
        "replaced only by a run whose `empty_days` says so; of a file or day that is over the contract's error budget "
        "nothing is committed. A run over many days materialises each as soon as it is committed, "
        "and only the days that its `days` name, where they name any.",
        metadata={
            **table_name(keys.files.path[-1]),
            "dagster/column_schema": lake_columns(contract, Lane.FILES),
        },
    )
    def files(
        context: dg.AssetExecutionContext, config: FilesConfig, platform: PlatformResource
    ) -> Iterator[dg.AssetMaterialization | dg.AssetCheckResult]:
        from txplatform.ingest.mapping.file_mappings import FileMappings
        from txplatform.lake.files import ingest_files

        with translated(retries=False):
            days = days_to_take(context.partition_keys, config.days)
        mappings = FileMappings(systems, contracts)
        reports: list[FilesReport] = []
        for batch in batches(days):
            with translated(retries=False):  # the days that failed back off: an attempt right now would only count
                report = ingest_files(
                    contract,
                    batch,
                    platform.lake,
                    platform.ledger,
                    platform.alerts,
                    mappings,
                    delete_emptied=config.empty_days == "delete",
                )
            reports.append(report)
            warn_of_unknown_names(context.log, contract, report)
            yield from _materialisations(contract, report, len(days))
        with translated(retries=False):  # the step fails, yet the days that were replaced are materialised
            _raise_for_left(keys.files.path[-1], reports)
        reasons = summed(day.reasons for report in reports for day in report.days)
        yield refused_rows_result(platform, contract.name, Lane.FILES, keys.files, reasons)
        replaced = [day.day for report in reports for day in report.days]
        yield volume_result(platform, contract.name, keys.files, replaced)

    return files


def _raise_for_left(table: str, reports: "Sequence[FilesReport]") -> None:
    """Raise for what was not committed: over the error budget, and days that were emptied or cut."""
    excess = {place: counted for report in reports for place, counted in report.over_budget.items()}
    emptied = {day: rows for report in reports for day, rows in report.emptied.items()}
    left = DaysEmptiedError(table, emptied) if emptied else None
    if excess:
        raise ErrorBudgetError(table, excess) from left
    if left:
        raise left


def _materialisations(contract: Contract, report: "FilesReport", days_in_run: int) -> Iterator[dg.AssetMaterialization]:
    """What one call of the lane wrote: the refused rows, if any, then each day."""
    if report.refused:
        origins = tuple(uri for day in report.days if day.refused for uri in day.objects)
        reasons = summed(day.reasons for day in report.days)
        yield quarantine_event(contract, Lane.FILES, report.refused, reasons, origins)
    written = {
        "days_in_run": days_in_run,
        "snapshot_ids": listing(report.snapshot_ids),
        "dagster/column_schema": written_columns(contract, report.schema),
    }
    files = EntityKeys.of(contract.name).files
    for day in report.days:
        metadata = {**written, **_day_metadata(contract, day)}
        yield dg.AssetMaterialization(files, metadata=metadata, partition=day.day.isoformat())


def _day_metadata(contract: Contract, day: "DayReport") -> dict[str, int | dg.MetadataValue]:
    return {
        "dagster/partition_row_count": day.rows,
        "tombstones": day.tombstones,
        "objects": listing(day.objects),
        **({"ignored_objects": listing(day.ignored)} if day.ignored else {}),
        **({"over_error_budget": listing(day.over_budget)} if day.over_budget else {}),
        **({} if day.mapped is None else mapping_metadata(day.mapped)),
        **unknown_names_metadata(contract, day.unknown),
        **deprecated_fields_metadata(contract, day.deprecated),
        **gate_metadata(day.rows, day.refused, day.reasons),
    }
