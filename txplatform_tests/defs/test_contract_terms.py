"""What the contract says of an entity's assets, as Dagster shows it."""

from dataclasses import replace
from datetime import timedelta

import dagster as dg

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import ServiceLevels
from txplatform.definitions import compose
from txplatform.defs.contract_terms import PLATFORM_OWNERS
from txplatform.defs.keys import EntityKeys
from txplatform.defs.resources import PlatformResource

KEYS = EntityKeys.of("payments")


def test_a_contract_without_team_and_service_levels_leaves_the_platform_as_owner_and_no_policy() -> None:
    bare = replace(load_contracts()["payments"], team=None, tags=(), sla=ServiceLevels())
    graph = compose({"payments": bare}, PlatformResource()).get_repository_def().asset_graph
    for key in graph.get_all_asset_keys():
        assert list(graph.get(key).owners) == PLATFORM_OWNERS
        assert graph.get(key).freshness_policy is None
        assert all("/" in name for name in graph.get(key).tags)  # Dagster's own


def test_changes_keep_the_freshness_of_the_contract_and_files_its_frequency_with_a_margin() -> None:
    levels = ServiceLevels(freshness=timedelta(hours=2), frequency=timedelta(days=7))
    contract = replace(load_contracts()["payments"], sla=levels)
    graph = compose({"payments": contract}, PlatformResource()).get_repository_def().asset_graph
    policies = {key: graph.get(key).freshness_policy for key in graph.get_all_asset_keys()}
    hourly = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2))
    assert {key for key, policy in policies.items() if policy == hourly} == {KEYS.changes}
    assert policies[KEYS.files] == dg.FreshnessPolicy.time_window(fail_window=timedelta(days=8.75))
    assert policies[KEYS.landing] is None  # nothing reports its materialisation
