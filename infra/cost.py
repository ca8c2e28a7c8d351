"""What an environment costs at rest, with no message and no run: a month of what is there all the time.

    python -m infra.cost

prints it for every environment. Prices are data with their date: see infra/prices.json. Messages, runs, queries and
what they store come to it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra.environments import ENVIRONMENTS, Environment
from infra.orchestration_values import ENDPOINTS, TaskSize

PRICES: dict[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text(encoding="utf-8"))
HOURS = 730  # a month
_ALARMS_OF_ALL, _SECRETS = 100, 4


def at_rest(environment: Environment, prices: dict[str, Any] = PRICES) -> dict[str, float]:
    """Return US dollars a month, by what they are for."""
    values, hourly = environment.orchestration, prices["hourly"]
    tasks = [values.code_server, values.daemon, *[values.webserver] * values.webservers]
    database = values.database
    copies = 2 if database.standby else 1
    return {
        "services": HOURS * sum(_fargate(size, hourly) for size in tasks),
        "database": copies
        * (
            HOURS * hourly["database"][database.instance_class]
            + database.storage_gib * prices["monthly"]["database_gib"]
        ),
        "endpoints": HOURS * hourly["endpoint"] * len(ENDPOINTS) * values.zones,
        "nat": HOURS * (hourly["nat"] + hourly["public_address"]) * values.zones,
        "balancer": HOURS * hourly["balancer"],
        "alarms": prices["monthly"]["alarm"] * _ALARMS_OF_ALL,
        "secrets": prices["monthly"]["secret"] * _SECRETS,
    }


def _fargate(size: TaskSize, hourly: dict[str, Any]) -> float:
    return size.cpu / 1024 * hourly["fargate_cpu"] + size.memory_mib / 1024 * hourly["fargate_gib"]


def main() -> int:
    """Print a table of all environments."""
    costs = {name: at_rest(environment) for name, environment in ENVIRONMENTS.items()}
    print(f"US dollars a month at rest, prices of {PRICES['region']} as of {PRICES['as_of']}")
    print(f"{'':12}", *(f"{name:>9}" for name in costs))
    for item in costs["prod"]:
        print(f"{item:12}", *(f"{cost[item]:9.0f}" for cost in costs.values()))
    print(f"{'sum':12}", *(f"{sum(cost.values()):9.0f}" for cost in costs.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
