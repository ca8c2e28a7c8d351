"""`txplatform dlq`: lists and shows what was refused or could not be delivered, redrives it, or deletes it."""

import json
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.dead_letter_desk import Desk
from txplatform.cli.dead_letter_display import (
    message_document,
    message_line,
    summary_document,
    summary_lines,
    whole_document,
    whole_lines,
)
from txplatform.cli.dead_letter_filters import filtered
from txplatform.dead_letters.filters import EVERYTHING, Filter
from txplatform.dead_letters.message import DeadLetter
from txplatform.dead_letters.summary import Summary

if TYPE_CHECKING:
    from txplatform.dead_letters.queues import DeadLetterQueue

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
_yes = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.group()
def dlq() -> None:
    """List, show, redrive and delete the messages of the dead-letter queues.

    QUEUE is an entity, `source-<system>`, `landing` for notifications of landed files, or the full name of a queue. A
    command sees what was in the queue when it began. While it reads, messages are hidden from other readers; at its
    end, also after Ctrl-C, they are visible again. After a kill they reappear within ten minutes.
    """


@dlq.command("list")
@click.argument("queue", required=False)
@filtered
@click.option("--messages", is_flag=True, help="List every message too.")
@_json
def list_messages(queue: str | None, chosen: Filter, messages: bool, as_json: bool) -> None:
    """Count what waits in QUEUE, or in all queues, by rule and field, with the oldest and the newest.

    A message with several reasons counts under each of them.
    """
    desk = Desk()
    documents: dict[str, Any] = {}
    for each, url in desk.found(queue):
        summary, listed = Summary(each.contract), list[DeadLetter]()
        with desk.reading(each, url) as reading:
            for batch in reading.batches():
                matching = [message for message in batch if chosen.matches(message)]
                summary.add(matching)
                listed += matching if messages else []
        listed.sort(key=lambda message: message.set_aside_at)
        documents[each.short_name] = {"queue": each.name, "complete": reading.complete, **summary_document(summary)}
        if messages:
            documents[each.short_name]["messages"] = [message_document(message) for message in listed]
        if not as_json:
            for line in (*summary_lines(each, summary), *map(message_line, listed)):
                click.echo(line)
    if as_json:
        click.echo(json.dumps(documents))


@dlq.command()
@click.argument("message_id")
@click.option("--queue", help="Look in this queue only; in all by default.")
@click.option("--personal", is_flag=True, help="Show personal fields, and values that the contract does not know.")
@_json
def show(message_id: str, queue: str | None, personal: bool, as_json: bool) -> None:
    """Show one message whole: its reasons, where it came from, its payload.

    MESSAGE_ID is its id, the id of its origin, or its correlation id; with several messages of one id, all are shown.
    Values of personal fields are masked, and those under names that the contract does not know.
    """
    desk = Desk()
    chosen = Filter(ids=frozenset((message_id,)))
    found: list[tuple[DeadLetterQueue, DeadLetter]] = []
    for each, url in desk.found(queue):
        with desk.reading(each, url) as reading:
            for batch in reading.batches():
                found += [(each, message) for message in batch if chosen.matches(message)]
                if any(message.message_id == message_id for _, message in found):
                    break
    if not found:
        raise click.ClickException(f"there is no dead letter '{message_id}'. Remedy: txplatform dlq list --messages")
    if as_json:
        click.echo(json.dumps([whole_document(*item, personal=personal) for item in found]))
    else:
        for item in found:
            for line in whole_lines(*item, personal=personal):
                click.echo(line)


@dlq.command()
@click.argument("queue")
@filtered
@_dry_run
@_yes
@_json
def redrive(queue: str, chosen: Filter, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Send messages of QUEUE back to the queue that they came from, as they are.

    Correct the cause first. Each is validated again, and what is refused again comes back with its reasons. A message
    is deleted here only after SQS has taken it there. Interrupted at any point, or done twice, it loses nothing and
    overwrites nothing newer: the newest version of a record wins.
    """
    desk = Desk()
    each, url = desk.one(queue)
    target = desk.url(each.target)
    question = f"Send {{}} back to {each.target}?"
    as_of = desk.agreed(each, url, chosen, question, dry_run=dry_run, yes=yes, as_json=as_json)
    if not dry_run:
        desk.carry_out(each, url, as_of, "redriven", as_json, lambda moves: moves.redrive(chosen, target))


@dlq.command()
@click.argument("queue")
@filtered
@click.option("--all", "everything", is_flag=True, help="Delete all of the queue, when no filter is named.")
@_dry_run
@_yes
@_json
def purge(queue: str, chosen: Filter, everything: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Delete messages of QUEUE for good: those that a filter matches, or with --all all of them.

    What arrives while it runs is not deleted.
    """
    if (chosen == EVERYTHING) != everything:
        raise click.UsageError("say which messages: either by filters, or --all for all that are in the queue")
    desk = Desk()
    each, url = desk.one(queue)
    question = f"Delete {{}} of {each.name} for good?"
    as_of = desk.agreed(each, url, chosen, question, dry_run=dry_run, yes=yes, as_json=as_json)
    if not dry_run:
        desk.carry_out(each, url, as_of, "deleted", as_json, lambda moves: moves.purge(chosen))
