"""`txplatform ledger`: what has landed and is not in the lake, why, and how it gets another chance."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import LANE_PREFIXES, Lane
from txplatform.settings import Settings

if TYPE_CHECKING:
    from txplatform.ledger import Ledger

_entity = click.argument("entity", required=False)
_lane = click.option("--lane", type=click.Choice([lane.value for lane in Lane]), help="One lane; by default both.")


@click.group()
def ledger() -> None:
    """See what has landed and is not in the lake yet, and try again what was given up.

    An object is PENDING until it is in the lake or in quarantine. What an outage stops is tried again by itself, at
    least every five minutes; an object is given up, FAILED, after five attempts in a row that ended in an error which
    does not pass by itself, such as a table that does not fit its contract, or when its folder names no day of the
    entity. An alert tells of it first. An object that lies outside the folders of entities and days is FAILED from the
    start: it must be dropped again.
    """


@ledger.command("list")
@_entity
@_lane
def list_objects(entity: str | None, lane: str | None) -> None:
    """List pending and failed objects with their attempts and reasons, of ENTITY or of all entities and of none."""
    store, count = _ledger(), 0
    for place in _places(entity, lane):
        objects = [("PENDING", item) for item in store.pending(*place)]
        objects += [("FAILED", item) for item in store.abandoned(*place)]
        for state, item in objects:
            click.echo(f"{state:<7}  {item.attempts} attempts  {item.uri}")
            if item.reason:
                click.echo(f"         {item.reason}")
        count += len(objects)
    for each in _lanes(lane) if entity is None else ():
        unrecognised = store.unrecognised(each)
        for item in unrecognised:
            click.echo(f"FAILED   0 attempts  {item.uri}")
            click.echo(f"         {item.reason}")
            click.echo(f"         drop it again under {LANE_PREFIXES[each]}/<entity>/dt=<day>/")
        count += len(unrecognised)
    click.echo(f"({count} objects)")


@ledger.command()
@_entity
@_lane
def redrive(entity: str | None, lane: str | None) -> None:
    """Make failed objects pending again, of ENTITY or of all entities: the sensors take them within seconds.

    Mend the cause first. Changes that had got into the lake before their object was given up may be in the changes
    table twice then; the state of the entity is right all the same. A day of files is replaced, never doubled.
    """
    store = _ledger()
    for place in _places(entity, lane):
        count = store.redrive(*place)
        if count:
            click.echo(f"{place[1]}, {place[0]}: {count} objects are pending again")


def _ledger() -> "Ledger":
    from txplatform.aws import AwsClients
    from txplatform.ledger import Ledger

    settings = Settings.from_env()
    return Ledger(AwsClients(settings), settings.lake_bucket)


def _places(entity: str | None, lane: str | None) -> Iterator[tuple[Lane, str]]:
    known = load_contracts(Settings.from_env().contracts_dir)
    if entity is not None and entity not in known:
        raise click.ClickException(f"there is no contract '{entity}'; there are {', '.join(known)}")
    for name in known if entity is None else (entity,):
        for each in _lanes(lane):
            yield each, name


def _lanes(lane: str | None) -> tuple[Lane, ...]:
    return tuple(Lane) if lane is None else (Lane(lane),)
