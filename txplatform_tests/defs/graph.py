"""The graph of definitions as a short text, for review: `python -m txplatform_tests.defs.graph` writes the golden."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.definitions import compose
from txplatform.defs.resources import PlatformResource

GOLDEN = Path(__file__).parent / "graph.txt"
_ENTITIES = ("customers", "payments", "trades")  # another entity does not change these
_SYSTEMS = ("kraken", "salesforce", "stripe")  # nor does another source system


def reviewed() -> dg.Definitions:
    """The definitions of the entities and source systems that the golden shows."""
    contracts = load_contracts()
    systems = load_systems(contracts)
    return compose(
        {entity: contracts[entity] for entity in _ENTITIES},
        PlatformResource(),
        systems=[systems[system] for system in _SYSTEMS],
    )


def describe(definitions: dg.Definitions) -> str:
    """One line per asset, check, job, sensor and schedule; an asset's line names what it is made from."""
    repository = definitions.get_repository_def()
    graph = repository.asset_graph
    lines: list[str] = []
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        kinds = ",".join(sorted(name.removeprefix("dagster/kind/") for name in node.tags if "kind" in name))
        partitions = f" from {node.partitions_def.start:%Y-%m-%d} daily" if node.is_partitioned else ""
        role = "asset" if node.is_executable else "external"
        parents = ", ".join(sorted(parent.to_user_string() for parent in node.parent_keys)) or "-"
        lines.append(f"{role} {node.group_name}/{key.to_user_string()} [{kinds}]{partitions} <- {parents}")
    nodes = [graph.get(key) for key in sorted(graph.get_all_asset_keys())]
    lines += _by_term("owned by", nodes, lambda node: ", ".join(node.owners))
    lines += _by_term("tagged", nodes, lambda node: ", ".join(name for name in sorted(node.tags) if "/" not in name))
    lines += _by_term("materialised within", nodes, _freshness)
    lines += [f"check {key.to_user_string()}" for key in sorted(graph.asset_check_keys)]
    for job in sorted(repository.get_all_jobs(), key=lambda item: item.name):
        if not job.name.startswith("__"):
            assets = ", ".join(sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys))
            lines.append(f"job {job.name}: {assets or 'no assets'}")
    for sensor in repository.sensor_defs:
        lines.append(f"sensor {sensor.name} {sensor.default_status.value} every {sensor.minimum_interval_seconds} s")
    for schedule in repository.schedule_defs:
        lines.append(f"schedule {schedule.name} {schedule.default_status.value} {schedule.cron_schedule}")
    return "\n".join(lines) + "\n"


def _by_term(label: str, nodes: Sequence[Any], term: Callable[[Any], str]) -> list[str]:
    """One line per distinct owner, set of tags or service level, with the assets that have it."""
    keys: dict[str, list[str]] = {}
    for node in nodes:
        keys.setdefault(term(node), []).append(node.key.to_user_string())
    return [f"{label} {text}: {', '.join(keys[text])}" for text in sorted(keys) if text]


def _freshness(node: Any) -> str:
    policy = node.freshness_policy
    return str(policy.fail_window.to_timedelta()) if policy else ""


if __name__ == "__main__":
    GOLDEN.write_text(describe(reviewed()), encoding="utf-8")
