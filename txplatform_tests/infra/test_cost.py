"""What an environment costs at rest follows from its values, and every value that costs has a price with a date."""

import re
from dataclasses import replace

import pytest

from infra.cost import PRICES, at_rest, main
from infra.environments import DEVELOPMENT, ENVIRONMENTS, PRODUCTION


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_everything_that_is_always_there_costs_something(name: str) -> None:
    assert min(at_rest(ENVIRONMENTS[name]).values()) > 0


def test_prices_have_a_date_and_a_source() -> None:
    assert re.fullmatch(r"20\d\d-\d\d", PRICES["as_of"])
    assert PRICES["region"]
    assert "list prices" in PRICES["source"]


def test_a_second_zone_doubles_endpoints_and_the_way_out() -> None:
    one, two = (
        at_rest(replace(PRODUCTION, orchestration=replace(PRODUCTION.orchestration, zones=zones))) for zones in (1, 2)
    )
    doubled = [item for item in one if two[item] == pytest.approx(2 * one[item])]
    assert doubled == ["endpoints", "nat"]


def test_a_task_costs_its_cores_and_its_memory() -> None:
    fargate = {"fargate_cpu": 1.0, "fargate_gib": 10.0}
    services = at_rest(DEVELOPMENT, {**PRICES, "hourly": {**PRICES["hourly"], **fargate}})["services"]
    assert services == pytest.approx(730 * (0.5 * 3 + 10 * (1 + 1 + 2)))


def test_the_table_has_a_column_for_each_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == list(ENVIRONMENTS)
    assert lines[-1].split()[0] == "sum"
