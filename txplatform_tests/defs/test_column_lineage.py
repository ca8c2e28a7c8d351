"""Which columns of an asset come unchanged from the assets before it."""

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import SNAPSHOT
from txplatform.definitions import compose, defs
from txplatform.defs.column_lineage import mart_lineage, selected_unchanged
from txplatform.defs.metadata import lake_columns, view_schema
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart
from txplatform_tests.samples.nested import purchases

ENTRY = "dagster/column_lineage"
CONTRACTS = load_contracts()


def _origins(asset: str) -> dict[str, list[tuple[str, str]]]:
    lineage = defs.get_repository_def().asset_graph.get(dg.AssetKey(asset)).metadata[ENTRY]
    return {
        column: [(dep.asset_key.to_user_string(), dep.column_name) for dep in deps]
        for column, deps in lineage.deps_by_column.items()
    }


@pytest.mark.parametrize("entity", CONTRACTS)
def test_every_column_of_snapshot_and_view_has_columns_that_exist_in_the_assets_before(entity: str) -> None:
    contract = CONTRACTS[entity]
    schemas = {
        f"{entity}_files": lake_columns(contract, Lane.FILES),
        f"{entity}_changes": lake_columns(contract, Lane.CHANGES),
        f"{entity}_snapshot": lake_columns(contract, SNAPSHOT),
        entity: view_schema(contract),
    }
    known = {asset: {column.name for column in schema.columns} for asset, schema in schemas.items()}
    for asset in (f"{entity}_snapshot", entity):
        origins = _origins(asset)
        assert set(origins) == known[asset]
        assert all(column in known[parent] for deps in origins.values() for parent, column in deps)
    lanes = {(f"{entity}_files", "_order_key"), (f"{entity}_changes", "_order_key")}
    assert set(_origins(f"{entity}_snapshot")["_order_key"]) == lanes
    assert set(_origins(entity)["_order_key"]) == {(f"{entity}_snapshot", "_order_key"), *lanes}


@pytest.mark.parametrize(
    ("mart", "columns"),
    [
        ("payments_by_status", {"status", "currency"}),
        ("payments_daily", {"currency"}),
        ("payments_top_customers", {"currency"}),
        ("trades_by_symbol", {"symbol", "currency"}),
        ("trades_daily", {"currency"}),  # its notional is a sum, which only has the name of the column
    ],
)
def test_a_mart_takes_its_grouping_columns_from_the_view(mart: str, columns: set[str]) -> None:
    entity = mart.partition("_")[0]
    assert _origins(mart) == {column: [(entity, column)] for column in columns}


def test_every_mart_that_is_shipped_can_be_read() -> None:
    for contract in CONTRACTS.values():
        for mart in marts(contract, CONTRACTS):
            read = [contract, *(CONTRACTS[entity] for entity in mart.reads)]
            assert mart_lineage(read, mart)[ENTRY].deps_by_column, mart.name


def test_a_column_of_several_entities_comes_from_those_that_the_mart_reads_it_from() -> None:
    parts = ("balance_transactions", "disputes", "payments", "refunds")
    assert _origins("payments_net_revenue") == {"currency": [(entity, "currency") for entity in parts]}
    sql = "SELECT currency, status FROM (SELECT payments.currency, refunds.status FROM payments JOIN refunds ON true) p"
    read = [CONTRACTS["payments"], CONTRACTS["refunds"]]
    lineage = mart_lineage(read, Mart("payments_x", "payments", "", sql, ("refunds",)))[ENTRY].deps_by_column
    assert {name: [dep.asset_key.to_user_string() for dep in deps] for name, deps in lineage.items()} == {
        "currency": ["payments"],
        "status": ["refunds"],
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a, b FROM t", ["a", "b"]),
        ("select a,sum(b) AS b\nfrom t", ["a"]),
        ("SELECT a, concat('x, (y FROM', c) AS d, e FROM t", ["a", "e"]),
        ("SELECT a FROM (SELECT upper(a) AS a FROM t) s", []),
        ("SELECT t.a, 'a' FROM t", []),
        ("SELECT (SELECT max(a) FROM t), b FROM u", ["b"]),
        ("WITH s AS (SELECT a FROM t) SELECT a FROM s", ["a"]),
        ("WITH s AS (SELECT max(a) AS a FROM t) SELECT a, b FROM s", ["b"]),
        ("SELECT a, -- of b, c\n  d FROM t", ["a", "d"]),
        (
            "SELECT a, b FROM (SELECT coalesce(t.a, u.a) AS a, coalesce(t.b, u.a) AS b FROM t JOIN u ON t.k = u.k) v",
            ["a"],
        ),
        ("SELECT DISTINCT a FROM t", []),
    ],
)
def test_a_column_is_unchanged_if_its_name_stands_alone_and_names_nothing_else(sql: str, expected: list[str]) -> None:
    assert selected_unchanged(sql) == expected


def test_a_child_entity_is_an_asset_behind_its_view_with_the_origin_of_each_column() -> None:
    contract = purchases()
    graph = compose({contract.name: contract}, PlatformResource()).get_repository_def().asset_graph
    node = graph.get(dg.AssetKey("purchases_line_items"))
    assert node.parent_keys == {dg.AssetKey("purchases")}
    origins = {name: [dep.column_name for dep in deps] for name, deps in node.metadata[ENTRY].deps_by_column.items()}
    assert origins["purchase_id"] == ["purchase_id"]
    assert origins["amount"] == origins["position"] == ["line_items"]
    schema = {column.name: column.type for column in node.metadata["dagster/column_schema"].columns}
    assert (list(schema), schema["amount"]) == (list(origins), "decimal(18,4)")
    assert dg.AssetKey("purchases_line_items") not in graph.get(dg.AssetKey("dashboard")).parent_keys
