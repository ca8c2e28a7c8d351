"""Prints the demo's summary: tables of records, source systems and refusals, the problems, and the links."""

from collections import Counter

from rich.console import Console
from rich.table import Table

from txplatform.dashboards.html.numbers import age, grouped
from txplatform.demo.generator import Workload
from txplatform.demo.scenario import Outcome

_MOST_REASONS = 20


def print_summary(console: Console, workload: Workload, outcome: Outcome, links: dict[str, str]) -> None:
    """Print rows, parity, freshness, messages of systems, refusals with their reasons, problems and links."""
    console.print()
    console.print(_entities(outcome))
    console.print(_double_entry(outcome))
    console.print()
    console.print(_systems(workload, outcome))
    console.print()
    console.print(_reasons(outcome))
    console.print()
    for problem in outcome.problems:
        console.print(f"[red]✗[/] {problem}", highlight=False)
    if not outcome.problems:
        sent = f"{grouped(len(workload.messages))} messages and {len(workload.history.files) + 1} files"
        console.print(f"[green]✓[/] {sent} are accounted for, to the last digit, after {outcome.seconds:.0f} s")
    console.print()
    for name, url in links.items():
        console.print(f"  {name:<11} [link={url}]{url}[/link]", highlight=False, soft_wrap=True)
    console.print()


def _entities(outcome: Outcome) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Entity")
    for name in ("Records", "Dead-lettered", "Quarantined", "Newest arrival", "Compared", "Parity"):
        table.add_column(name, justify="right")
    dead = Counter(message.owner for message in outcome.refused_messages)
    for item in outcome.data.health:
        report = outcome.parity[item.entity]
        table.add_row(
            item.entity,
            grouped(item.rows),
            grouped(dead[item.entity]),
            grouped(item.refused_rows),
            age(item.newest_arrival_at, outcome.data.generated_at) if item.newest_arrival_at else "–",
            grouped(report.checked),
            "[green]equal[/]" if report.equal else "[red]differs[/]",
        )
    return table


def _double_entry(outcome: Outcome) -> str:
    books = outcome.double_entry
    differing = sum(item.sources for item in books.discrepancies)
    ends = f"[red]{grouped(differing)} differ[/]" if differing else "[green]all add up[/]"
    return f"Double entry of the ledger: {grouped(books.compared)} sums compared, {ends}"


def _systems(workload: Workload, outcome: Outcome) -> Table:
    """What became of the messages that source systems sent in their own payloads."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Source system")
    for name in ("Sent", "Accepted", "Ignored", "Refused"):
        table.add_column(name, justify="right")
    sent = Counter(message.system for message in workload.messages)
    for system, counts in outcome.systems.items():
        numbers = (sent[system], counts.accepted, counts.ignored, counts.refused)
        table.add_row(system, *map(grouped, numbers))
    return table


def _reasons(outcome: Outcome) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Refused because", no_wrap=True)
    table.add_column("Dead-lettered", justify="right")
    table.add_column("Quarantined", justify="right")
    dead = Counter(f"{message.owner} · {reason}" for message in outcome.refused_messages for reason in message.reasons)
    kept: Counter[str] = Counter()
    for item in outcome.data.refusals:
        kept[f"{item.entity} · {item.field or 'file'}: {item.rule}"] += item.count
    ranked = sorted({*dead, *kept}, key=lambda reason: (-dead[reason] - kept[reason], reason))
    for reason in ranked[:_MOST_REASONS]:
        table.add_row(reason, _count(dead[reason]), _count(kept[reason]))
    if len(ranked) > _MOST_REASONS:
        table.add_row(f"[dim]and {len(ranked) - _MOST_REASONS} more[/]", "", "")
    return table


def _count(number: int) -> str:
    return grouped(number) if number else ""
