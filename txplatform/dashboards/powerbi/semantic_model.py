"""The semantic model of all marts of the contracts."""

from collections.abc import Mapping, Sequence

from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.athena import parameters
from txplatform.dashboards.powerbi.dimensions import dimension_tables, relationships, shared_dimensions
from txplatform.dashboards.powerbi.model import SemanticModel
from txplatform.dashboards.powerbi.roles import roles
from txplatform.dashboards.powerbi.row_access import access_tables, row_filters
from txplatform.dashboards.powerbi.tables import mart_table
from txplatform.dashboards.row_rules import RowRule
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart


def all_marts(contracts: Mapping[str, Contract]) -> tuple[Mart, ...]:
    """The marts of all entities, those of each by name."""
    return tuple(mart for contract in contracts.values() for mart in marts(contract, contracts))


def semantic_model(contracts: Mapping[str, Contract], region: str, rules: Sequence[RowRule] = ()) -> SemanticModel:
    """Render the model; `region` is where Athena is, `rules` say who sees which rows. Raise ContractError."""
    found = all_marts(contracts)
    shared = shared_dimensions(found)
    tables = [
        mart_table(mart, contracts[mart.entity], frozenset(name for of, name in shared if of == mart.name))
        for mart in found
    ]
    return SemanticModel(
        tables=(*tables, *dimension_tables(shared), *access_tables(contracts, rules)),
        relationships=relationships(shared),
        roles=roles(found, row_filters(found, contracts, shared)),
        expressions=dict(parameters(region)),
    )
