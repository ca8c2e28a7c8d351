"""Asset checks that a contract declares: its own queries, and that what it refers to is there."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import Any

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.quality import Reference, SqlCheck
from txplatform.defs.failures import translated
from txplatform.defs.keys import EntityKeys
from txplatform.defs.metadata import sql_block
from txplatform.defs.quality.automation import check_condition
from txplatform.defs.resources import PlatformResource
from txplatform.errors import QueryError
from txplatform.warehouse.quality_statements import absent_references, sql_check

LOOKED_AT = timedelta(days=30)
LONGEST = timedelta(minutes=5)
_SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}


def quality_checks(contract: Contract, entities: Collection[str]) -> list[dg.AssetChecksDefinition]:
    """Build the checks of one entity; those of references to entities that are not among these are left out."""
    references = [item for item in contract.quality.references if item.entity in entities]
    return [
        *(_sql_check(contract, check) for check in contract.quality.sql_checks),
        *(_reference_check(contract, reference) for reference in references),
    ]


def _sql_check(contract: Contract, check: SqlCheck) -> dg.AssetChecksDefinition:
    view, sql = EntityKeys.of(contract.name).view, sql_check(contract, check)
    required = " and ".join(map(str, check.bounds))

    @dg.asset_check(
        name=f"quality_{check.name}",
        asset=view,
        automation_condition=check_condition(),
        description=f"{check.description} The query of the contract yields a number that {required}.".strip(),
        metadata={"sql": sql_block(sql)},
    )
    def measured(platform: PlatformResource) -> dg.AssetCheckResult:
        with translated():
            if not _are_there(platform, contract.name):
                return _nothing_yet(_SEVERITIES[check.severity])
            value = number_of(platform.athena_within(LONGEST).arrow(sql).to_pylist(), check.name)
        return dg.AssetCheckResult(
            passed=value is not None and all(bound.holds(value) for bound in check.bounds),
            severity=_SEVERITIES[check.severity],
            metadata={"measured": "no value" if value is None else f"{value:f}", "required": required},
        )

    return measured


def _are_there(platform: PlatformResource, *views: str) -> bool:
    """Whether the views exist: those of an entity without any record do not."""
    return all(platform.athena.view_version(view) for view in views)


def _nothing_yet(severity: dg.AssetCheckSeverity) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, severity=severity, metadata={"measured": "there is no view yet"})


def number_of(rows: list[dict[str, Any]], name: str) -> Decimal | None:
    """The one number that a query yields; None for a null. Raise QueryError for anything else."""
    values = [value for row in rows for value in row.values()]
    if len(values) == 1 and (values[0] is None or type(values[0]) in (int, float, Decimal)):
        return None if values[0] is None else Decimal(str(values[0]))
    raise QueryError(f"the SQL check {name} does not yield one number. Remedy: select one row of one number")


def _reference_check(contract: Contract, reference: Reference) -> dg.AssetChecksDefinition:
    keys = EntityKeys.of(contract.name)

    @dg.asset_check(
        name=f"references_{reference.field}",
        asset=keys.view,
        additional_deps=[EntityKeys.of(item).view for item in (reference.entity,) if item != contract.name],
        automation_condition=check_condition(),
        description=f"Every {reference.field} of the last {LOOKED_AT.days} days is a {reference.target} of "
        f"{reference.entity}. It warns: records arrive in any order, and none is refused for it.",
    )
    def referred(platform: PlatformResource) -> dg.AssetCheckResult:
        sql = absent_references(contract, reference, utc_now().date() - LOOKED_AT)
        with translated():
            if not _are_there(platform, contract.name, reference.entity):
                return _nothing_yet(dg.AssetCheckSeverity.WARN)
            (counts,) = platform.athena_within(LONGEST).arrow(sql).to_pylist()
        return dg.AssetCheckResult(
            passed=counts["absent"] == 0,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"checked": counts["checked"], "absent": counts["absent"], "sql": sql_block(sql)},
        )

    return referred
