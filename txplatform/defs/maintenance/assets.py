"""The asset `<entity>_maintenance`: the state of an entity's tables over time, and what keeps it bounded."""

from typing import TYPE_CHECKING

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.defs.alerts import alert_when_red
from txplatform.defs.contract_terms import asset_tags, owners
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import listing
from txplatform.defs.resources import PlatformResource
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.lake.maintenance import MaintenanceReport

MAINTAINED = "every_table_maintained"

_PLOTTED = ("data_files", "small_files", "delete_files", "snapshots", "metadata_bytes", "unfolded_rows", "compacted")


def maintenance_asset(contract: Contract) -> dg.AssetsDefinition:
    """Build the maintenance asset of one entity."""
    keys = EntityKeys.of(contract.name)

    @dg.asset(
        key=keys.maintenance,
        deps=[keys.changes, keys.files, keys.snapshot, keys.quarantine],
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds={"iceberg", "athena"},
        check_specs=[
            dg.AssetCheckSpec(
                MAINTAINED,
                asset=keys.maintenance,
                description="What was due could be done; the problems name the tables where it could not. Turning red "
                "raises one alert. Rows are not touched by it: the tables are as exact as before, and grow.",
            )
        ],
        description=f"How the tables of {contract.title} lie when a run begins: data files, small files, delete "
        "files, snapshots, bytes of metadata, unfolded rows. The run then compacts partitions with many small files or "
        "deletes, and removes files past their time and old versions in Glue. No row is removed. A run works by what "
        "it finds: doing it twice changes nothing.",
    )
    def maintenance(context: dg.AssetExecutionContext, platform: PlatformResource) -> dg.MaterializeResult:
        from txplatform.lake.maintenance import maintain

        with translated():
            report = maintain(contract, platform.lake, platform.athena, platform.ledger)
        check = dg.AssetCheckResult(
            asset_key=keys.maintenance,
            check_name=MAINTAINED,
            passed=not report.problems,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"problems": listing(report.problems)},
        )
        subject = f"{contract.name}: maintenance of {counted(len(report.problems), 'table')} failed"
        lines = [*report.problems, "", f"Once the cause is fixed: txplatform maintain {contract.name}"]
        return dg.MaterializeResult(
            metadata=_numbers(report), check_results=[alert_when_red(context.instance, platform, check, subject, lines)]
        )

    return maintenance


def _numbers(report: "MaintenanceReport") -> dict[str, int]:
    """Each number under a name of its own: the UI plots them."""
    found = {"glue_versions": report.glue_versions}
    for table in report.tables:
        part = table.table.removeprefix(f"{report.entity}_").partition("__")[0]  # of a mart, not how often it was made
        values = {name: getattr(table, name) for name in _PLOTTED}
        found |= {f"{part}_{name}": value for name, value in values.items() if value is not None}
    return found
