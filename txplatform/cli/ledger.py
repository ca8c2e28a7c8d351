"""`txplatform ledger`: lists landed objects that are not in the lake, with the reason, and redrives them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from txplatform.cli.entities import checked_entity
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import LANE_PREFIXES, Lane
from txplatform.settings import Settings
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.ledger import Ledger

_entity = click.argument("entity", required=False)
_lane = click.option(
    "--lane", type=click.Choice([lane.value for lane in Lane]), help="Only this lane; both by default."
)


@click.group()
def ledger() -> None:
    """List landed objects that are not in the lake, and redrive them.

    An object (a file, or a batch of changes) is PENDING until its rows are in the lake or in quarantine. After an
    outage the platform tries it again by itself, at least every five minutes.

    An object is abandoned, FAILED, after five attempts in a row that ended in an error which does not pass by itself,
    such as a table that does not fit its contract, or when its folder names no day of the entity. An alert is sent
    before that. An object that lies outside the folders of entities and days is FAILED from the start: drop it again
    in the right folder.
    """


@ledger.command("list")
@_entity
@_lane
def list_objects(entity: str | None, lane: str | None) -> None:
    """List pending and failed objects with reasons.

    Of ENTITY; without it, of all entities, and those that belong to no entity.
    """
    store, count = _ledger(), 0
    for place in _places(entity, lane):
        objects = [("PENDING", item) for item in store.pending(*place)]
        objects += [("FAILED", item) for item in store.abandoned(*place)]
        for state, item in objects:
            click.echo(f"{state:<7}  {counted(item.attempts, 'attempt')}  {item.uri}")
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
    click.echo(f"({counted(count, 'object')})")


@ledger.command()
@_entity
@_lane
def redrive(entity: str | None, lane: str | None) -> None:
    """Make failed objects pending again.

    Of ENTITY, or of all entities. Correct the cause first; the sensors take the objects up within seconds. Changes
    that had reached the lake before their object was abandoned may then be twice in the changes table, and the state
    of the entity stays correct. A day of files is replaced, so no row of it is doubled.
    """
    store = _ledger()
    for place in _places(entity, lane):
        count = store.redrive(*place)
        if count:
            click.echo(f"{place[1]}, {place[0]}: {counted(count, 'object')} pending again")


def _ledger() -> "Ledger":
    from txplatform.aws import AwsClients
    from txplatform.ledger import Ledger

    settings = Settings.from_env()
    return Ledger(AwsClients(settings), settings.lake_bucket)


def _places(entity: str | None, lane: str | None) -> Iterator[tuple[Lane, str]]:
    settings = Settings.from_env()
    entities = load_contracts(settings.contracts_dir) if entity is None else (checked_entity(settings, entity).name,)
    for name in entities:
        for each in _lanes(lane):
            yield each, name


def _lanes(lane: str | None) -> tuple[Lane, ...]:
    return tuple(Lane) if lane is None else (Lane(lane),)
