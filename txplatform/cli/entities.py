"""What commands on entities share: an entity by its name."""

from collections.abc import Mapping
from pathlib import Path

import click

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.settings import Settings


def checked_entity(settings: Settings, entity: str) -> Contract:
    """Return the contract of an entity; raise ClickException, which names those there are, without one."""
    return known_entity(settings.contracts_dir, entity)


def known_entity(directory: Path | None, entity: str) -> Contract:
    """Return the contract of an entity among those of a directory, by default the shipped; raise ClickException."""
    return entity_among(load_contracts(directory), entity)


def entity_among(contracts: Mapping[str, Contract], entity: str) -> Contract:
    """Return the contract of an entity; raise ClickException, which names those there are, without one."""
    if entity not in contracts:
        raise click.ClickException(f"there is no contract '{entity}'. Known: {', '.join(contracts)}")
    return contracts[entity]
