"""`txplatform parity` on a local AWS."""

import json

import pytest
from click.testing import CliRunner, Result

from txplatform.cli import parity
from txplatform.cli.main import main
from txplatform_tests.lake_stand import payment
from txplatform_tests.parity.stores import Store


@pytest.fixture
def store(credentials: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The stand with its entity as the only contract, and its settings in the environment."""
    store = Store.of("payments")
    for name, value in (store.environment | {"TXP_PARITY_GRACE_SECONDS": "0"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(parity, "load_contracts", lambda _: {store.contract.name: store.contract})
    return store


def run(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, ["parity", *arguments])


def test_a_difference_is_shown_repaired_and_gone(store: Store) -> None:
    entity = store.contract.name
    store.put(payment("p1", "1.00"))
    store.put(payment("p2", "2.00"))
    store.changed(payment("p1", "1.00"), payment("p2", "2.01"))
    store.view()
    red = run(entity)
    assert red.exit_code == 1
    assert f"{entity}: 2 records compared, 0 in flight; differs: 1 different; verified through no moment" in red.output
    assert "p2  amount  '2.00' → '2.01'" in red.output
    assert f"Remedy: txplatform parity repair {entity}" in red.output
    assert run(entity, "--keys", "p1").exit_code == 0
    document = json.loads(run(entity, "--keys", "p1, p2", "--json").stdout)[entity]
    assert (document["equal"], document["counts"], document["verified_through"]) == (False, {"different": 1}, None)
    assert document["samples"] == [
        {"kind": "different", "key": "p2", "field": "amount", "expected": "2.00", "actual": "2.01"}
    ]
    repaired = run("repair", entity, "--json")
    assert repaired.exit_code == 0, repaired.output
    assert json.loads(repaired.stdout)["written"] == 1
    green = json.loads(run(entity, "--json").stdout)[entity]
    assert green["equal"]
    assert green["verified_through"]
    assert "there is no contract 'nothing'" in run("nothing").output
    assert "--keys needs an entity" in run("--keys", "a").output
    assert run("--help").output.startswith("Usage:")
