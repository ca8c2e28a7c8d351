"""Owners, tags and service levels of a contract: what is read, and what is refused."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contract
from txplatform.contracts.model import Contract, ServiceLevels
from txplatform.errors import ContractError
from txplatform_tests.contracts.test_loader import add, minimal, write

OWNER = {"username": "orders-data@example.com", "role": "owner"}


def _load(tmp_path: Path, **keys: Any) -> Contract:
    return load_contract(write(tmp_path, {**minimal(), **keys}))


def _level(name: str = "freshness", value: Any = 15, unit: str = "min", **more: Any) -> dict[str, Any]:
    return {"property": name, "value": value, "unit": unit, **more}


def test_every_shipped_contract_has_owners_tags_and_service_levels(contract: Contract) -> None:
    team, address = contract.owners
    assert team.startswith("team:")
    assert address.endswith("@example.com")
    assert contract.tags
    assert contract.sla.freshness is not None
    assert contract.sla.frequency == timedelta(days=1)


def test_dagster_accepts_owners_and_tags_of_the_shipped_contracts(contract: Contract) -> None:
    def build() -> None:
        """Stands for any asset of the entity."""

    asset = dg.asset(owners=contract.owners, tags=dict.fromkeys(contract.tags, ""))(build)

    spec = asset.specs_by_key[dg.AssetKey("build")]
    assert set(spec.owners) == set(contract.owners)
    assert set(contract.tags) <= set(spec.tags)


def test_a_contract_may_say_nothing_of_them(tmp_path: Path) -> None:
    contract = _load(tmp_path)

    assert (contract.team, contract.owners, contract.tags) == (None, (), ())
    assert contract.sla == ServiceLevels(freshness=None, frequency=None)


def test_owners_are_the_team_and_its_present_owners(tmp_path: Path) -> None:
    steward = {"username": "jdoe", "role": "data steward", "dateIn": "2024-02-01"}
    former = {**OWNER, "username": "former@example.com", "dateOut": "2025-01-31"}

    contract = _load(tmp_path, team={"name": "Orders data", "members": [former, steward, OWNER]})

    assert contract.owners == ("team:Orders data", "orders-data@example.com")
    assert contract.team is not None
    assert [member.left for member in contract.team.members] == [date(2025, 1, 31), None, None]


def test_the_team_of_earlier_versions_of_the_standard_is_a_list(tmp_path: Path) -> None:
    contract = _load(tmp_path, team=[OWNER])

    assert contract.owners == ("orders-data@example.com",)


@pytest.mark.parametrize(
    ("team", "problem"),
    [
        ("Orders data", "'team' is no mapping"),
        ({"members": [OWNER]}, "'team.name' is missing or empty"),
        ({"name": "Orders/data"}, "'team.name' is 'Orders/data'"),
        ({"name": "Orders data", "lead": "jdoe"}, "'team.lead' is nothing the platform knows"),
        ({"name": "Orders data", "members": [{"role": "owner"}]}, r"'team\.members\[1\]\.username' is missing"),
        ({"name": "Orders data", "members": [{**OWNER, "username": "jdoe"}]}, "'jdoe', not an e-mail address"),
        ({"name": "Orders data", "members": [{**OWNER, "dateOut": "soon"}]}, "dateOut' is 'soon'"),
        ([], "'team' names no owner"),
        ([{"username": "jdoe", "role": "data steward"}], "'team' names no owner"),
    ],
)
def test_a_malformed_team_is_refused(tmp_path: Path, team: Any, problem: str) -> None:
    with pytest.raises(ContractError, match=problem) as caught:
        _load(tmp_path, team=team)
    assert caught.value.path == tmp_path / "orders.yaml"
    assert caught.value.remedy


def test_tags_of_the_object_join_those_of_the_contract(tmp_path: Path) -> None:
    document = {**minimal(), "tags": ["finance", "money"]}
    document["schema"][0]["tags"] = ["money", "orders"]
    add(document, name="note", tags=["free-text"])

    contract = load_contract(write(tmp_path, document))

    assert contract.tags == ("finance", "money", "orders")
    assert contract["note"].tags == ("free-text",)


@pytest.mark.parametrize("tags", ["finance", [7], ["two words"], ["a:b"], ["x" * 64], ["twice", "twice"]])
def test_malformed_tags_are_refused(tmp_path: Path, tags: Any) -> None:
    with pytest.raises(ContractError, match="'tags'"):
        _load(tmp_path, tags=tags)


@pytest.mark.parametrize(
    ("value", "unit", "duration"),
    [
        (1, "min", timedelta(minutes=1)),
        ("1.5", "hours", timedelta(minutes=90)),
        (3660, "d", timedelta(days=3660)),
    ],
)
def test_service_levels_are_durations(tmp_path: Path, value: Any, unit: str, duration: timedelta) -> None:
    contract = _load(tmp_path, slaProperties=[_level(value=value, unit=unit), _level("frequency", 1, "day")])

    assert contract.sla == ServiceLevels(freshness=duration, frequency=timedelta(days=1))


@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        ([_level("retention", 3, "d")], "property' is 'retention'"),
        ([_level(unit="m")], "unit' is 'm'"),
        ([_level(value=30, unit="s")], "unit' is 's'"),
        ([_level(value="0.5")], "value' is 0.5 min"),
        ([_level(value=3661, unit="d")], "value' is 3661 d"),
        ([_level(value=10**90)], "value' is 1000"),
        ([_level(value=-1)], "value' is -1 min"),
        ([_level(value=None)], "value' is missing"),
        ([_level(value=True)], "not a plain number"),
        ([_level(driver="curiosity")], "driver' is 'curiosity'"),
        ([_level(element="orders.total")], "element' is nothing the platform knows or enforces"),
        ([_level(), _level()], "'freshness' appears twice"),
        ({"freshness": 15}, "is no list"),
    ],
)
def test_a_service_level_that_nothing_checks_is_refused(tmp_path: Path, levels: Any, problem: str) -> None:
    with pytest.raises(ContractError, match=problem) as caught:
        _load(tmp_path, slaProperties=levels)
    assert caught.value.remedy
    assert len(str(caught.value)) < 1000
