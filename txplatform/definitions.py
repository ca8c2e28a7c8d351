"""The composition root of Dagster: contracts in, Definitions out, nothing else."""

from collections.abc import Collection, Mapping

import dagster as dg

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.defs.changes.assets import changes_asset
from txplatform.defs.changes.automation import changes_automation
from txplatform.defs.code_references import with_code_references
from txplatform.defs.current.assets import snapshot_asset, view_asset
from txplatform.defs.current.automation import current_automation
from txplatform.defs.current.checks import parity_check
from txplatform.defs.dashboards.assets import bi_assets, dashboard_asset
from txplatform.defs.dashboards.automation import publishing_automation
from txplatform.defs.dashboards.powerbi import model_asset, powerbi_automation
from txplatform.defs.dashboards.quicksight import quicksight_automation, spice_asset
from txplatform.defs.files.assets import files_asset
from txplatform.defs.files.automation import files_automation
from txplatform.defs.maintenance.assets import maintenance_asset
from txplatform.defs.maintenance.automation import maintenance_automation
from txplatform.defs.marts.assets import mart_asset
from txplatform.defs.marts.checks import double_entry_checks
from txplatform.defs.quality.assets import quality_asset
from txplatform.defs.quality.automation import quality_automation
from txplatform.defs.quality.checks import quality_checks
from txplatform.defs.reconciliation.automation import reconcile_automation
from txplatform.defs.resources import FIELDS, PlatformResource
from txplatform.defs.runs.automation import failed_run_sensor
from txplatform.defs.sources import quarantine_asset, source_assets, system_asset
from txplatform.settings import contracts_directory, source_url
from txplatform.warehouse.further_views import further_views
from txplatform.warehouse.marts.files import marts


def compose(
    contracts: Mapping[str, Contract],
    platform: PlatformResource,
    source_url: str | None = None,
    systems: Collection[SourceSystem] = (),
) -> dg.Definitions:
    """Compose everything that Dagster shows and runs for these contracts, with the source systems that map to them.

    `source_url` is the address of the repository's root, to which code references lead instead of files.
    """
    entities = list(contracts)
    known_marts = {entity: marts(contract, contracts) for entity, contract in contracts.items()}
    mart_assets = {entity: [mart_asset(contracts, mart) for mart in known_marts[entity]] for entity in entities}
    copies = {
        entity: spice_asset(contract, known_marts[entity])
        for entity, contract in contracts.items()
        if contract.dashboard_import == "spice"
    }
    further_assets = {
        entity: [mart_asset(contracts, view) for view in further_views(contract)]
        for entity, contract in contracts.items()
    }
    view_keys = {
        entity: [asset.key for asset in (*mart_assets[entity], *further_assets[entity])] for entity in entities
    }
    all_marts = [asset.key for of_entity in mart_assets.values() for asset in of_entity]
    assets = [
        *(system_asset(system) for system in systems),
        *(spec for contract in contracts.values() for spec in source_assets(contract, systems)),
        *(files_asset(contract, contracts, systems) for contract in contracts.values()),
        *(changes_asset(contract) for contract in contracts.values()),
        *(quarantine_asset(contract) for contract in contracts.values()),
        *(quality_asset(contract) for contract in contracts.values()),
        *(snapshot_asset(contract) for contract in contracts.values()),
        *(view_asset(contract) for contract in contracts.values()),
        *(asset for of_entity in mart_assets.values() for asset in of_entity),
        *(asset for of_entity in further_assets.values() for asset in of_entity),
        *(maintenance_asset(contract) for contract in contracts.values()),
        dashboard_asset(contracts, all_marts),
        *copies.values(),
        model_asset([mart for of_entity in known_marts.values() for mart in of_entity]),
        *bi_assets(
            [
                *(asset.key for asset in copies.values()),
                *(asset.key for entity in entities if entity not in copies for asset in mart_assets[entity]),
            ],
        ),
    ]
    declared = [check for contract in contracts.values() for check in quality_checks(contract, contracts)]
    graph = dg.Definitions(
        assets=with_code_references(assets, contracts, source_url),
        asset_checks=[
            *(parity_check(contract) for contract in contracts.values()),
            *double_entry_checks(all_marts),
            *declared,
        ],
        sensors=[failed_run_sensor()],
        resources={"platform": platform},
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(
        graph,
        files_automation(contracts),
        changes_automation(entities),
        current_automation(contracts, view_keys, declared),
        publishing_automation(),
        quicksight_automation([asset.key for asset in copies.values()]),
        powerbi_automation(),
        reconcile_automation(contracts),
        maintenance_automation(entities),
        quality_automation(entities, declared),
    )


def platform_of_environment() -> PlatformResource:
    """The resource over the variables that this process has; Dagster reads their values when it makes the resource.

    Every process that evaluates a sensor or runs a step loads the definitions, so each has fields for its own
    variables. A missing variable leaves its field empty: the definitions load, and its first use raises
    ConfigurationError.
    """
    variables = {name: dg.EnvVar(setting.variable) for name, setting in FIELDS.items()}
    return PlatformResource(**{name: variable for name, variable in variables.items() if variable.get_value()})


def _shown() -> dg.Definitions:
    directory = contracts_directory()
    contracts = load_contracts(directory)
    systems = load_systems(contracts, directory).values()
    return compose(contracts, platform_of_environment(), source_url(), systems)


defs = _shown()
