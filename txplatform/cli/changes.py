"""`txplatform changes`: lists and redrives change records that did not get from the stream to the lake."""

from typing import TYPE_CHECKING

import click

from txplatform.cli.entities import checked_entity
from txplatform.errors import InvocationError
from txplatform.settings import Settings
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.lake.abandoned import AbandonedChanges

_entity = click.argument("entity", required=False)


@click.group()
def changes() -> None:
    """List change records that did not get from a table's stream to the lake, and redrive them.

    Lambda tries a batch of the stream for 23 hours, then abandons it: it lies, records and all, under aws/lambda/ of
    the lake bucket, and an alarm says so. Nothing of it is in the lake until you redrive it.

    What the stream itself lost after 24 hours is in no batch: `txplatform bootstrap` brings that back.
    """


@changes.command("list")
@_entity
def list_changes(entity: str | None) -> None:
    """List abandoned batches: when, why, how many records, where.

    Of ENTITY; without it, of all entities, and objects that are no batch of an entity's stream.
    """
    batches, records = 0, 0
    for batch in _abandoned(entity).waiting(entity):
        click.echo(f"{batch.entity or '-'}  {counted(batch.records, 'record')}  {batch.uri}")
        if batch.abandoned_at:
            click.echo(f"  {batch.reason}, abandoned at {batch.abandoned_at}")
            click.echo(f"  of {batch.first_at} to {batch.last_at}")
        else:
            click.echo(f"  {batch.reason}")
        batches, records = batches + 1, records + batch.records
    click.echo(f"({counted(batches, 'batch', 'batches')}, {counted(records, 'record')})")


@changes.command()
@_entity
def redrive(entity: str | None) -> None:
    """Send abandoned batches to the lake, as the stream would have.

    Of ENTITY, or of all entities. Correct the cause first. Records keep their place in the order of changes: one that
    a later change or a bootstrap has outranked meanwhile changes nothing. Doing it twice, or after an interruption,
    does no harm. A batch that got through moves to redriven/aws/lambda/; one that did not stays, the others go on, and
    the exit status is 1.
    """
    store, failed, records = _abandoned(entity), 0, 0
    for batch in store.waiting(entity):
        if batch.entity is None:
            continue
        try:
            count = store.redrive(batch)
        except InvocationError as error:
            failed += 1
            click.echo(f"{batch.uri}\n  {error}", err=True)
            continue
        records += count
        click.echo(f"{batch.entity}  {counted(count, 'record')} redriven  {batch.uri}")
    click.echo(f"({counted(records, 'record')} redriven)")
    if failed:
        raise click.ClickException(f"{counted(failed, 'batch', 'batches')} did not get through")


def _abandoned(entity: str | None) -> "AbandonedChanges":
    from txplatform.aws import AwsClients
    from txplatform.lake.abandoned import AbandonedChanges

    settings = Settings.from_env()
    if entity is not None:
        checked_entity(settings, entity)
    return AbandonedChanges(AwsClients(settings), settings.lake_bucket)
