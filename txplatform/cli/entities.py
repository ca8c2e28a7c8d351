"""What commands on entities share: an entity by its name, and counts in words."""

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
    known = load_contracts(directory)
    if entity not in known:
        raise click.ClickException(f"there is no contract '{entity}'. Known: {', '.join(known)}")
    return known[entity]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"
