"""Settings classes: read whole from a mapping, or refused by the name of what is missing."""

import importlib

import pytest

from lambdas.data_api.settings import Settings as DataApiSettings
from lambdas.shared.errors import ConfigurationError
from lambdas.shared.settings import entity_in, environment_names, for_entity, load
from txplatform.contracts import names

GIVEN = {
    "TXP_TABLE": "txplatform-{entity}",
    "TXP_REGISTRY_TABLE": "registry",
    "TXP_TOMBSTONE_DAYS": "30",
    "TXP_IDEMPOTENCY_TABLE": "idempotency",
    "TXP_RELEASE": "1.0.0",
    "PATH": "x",
}


def test_load_reads_texts_and_numbers_and_ignores_the_rest() -> None:
    assert load(DataApiSettings, GIVEN) == DataApiSettings(
        "txplatform-{entity}", "registry", 30, "idempotency", "1.0.0"
    )


def test_load_reads_the_process_environment_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    assert load(DataApiSettings).registry_table == "registry"


def test_load_names_everything_that_is_wrong() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(DataApiSettings, GIVEN | {"TXP_TABLE": "", "TXP_REGISTRY_TABLE": "", "TXP_TOMBSTONE_DAYS": "a month"})
    assert str(caught.value) == (
        "TXP_TABLE is not set; TXP_REGISTRY_TABLE is not set; TXP_TOMBSTONE_DAYS is not a whole number"
    )


def test_environment_names_are_the_fields() -> None:
    assert environment_names(DataApiSettings) == list(GIVEN)[:-1]


@pytest.mark.parametrize("function", names.Function)
def test_every_function_can_be_configured(function: names.Function) -> None:
    cls = importlib.import_module(f"lambdas.{function}.settings").Settings
    settings = load(cls, dict.fromkeys(environment_names(cls), "7"))
    assert {getattr(settings, field) for field in cls.__dataclass_fields__} <= {"7", 7}


@pytest.mark.parametrize("pattern", [names.inbound_queue(names.ENTITY_SLOT), names.entity_table(names.ENTITY_SLOT)])
@pytest.mark.parametrize("entity", ["payments", "a", "trades_2"])
def test_a_pattern_spells_names_and_reads_them_back(pattern: str, entity: str) -> None:
    assert entity_in(pattern, for_entity(pattern, entity)) == entity


@pytest.mark.parametrize("name", ["txplatform-payments", "txplatform--inbound", "txplatform-Payments-inbound", ""])
def test_a_name_of_another_form_spells_no_entity(name: str) -> None:
    assert entity_in(names.inbound_queue(names.ENTITY_SLOT), name) is None
