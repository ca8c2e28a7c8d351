"""How commands show how far they are: a bar on stderr, where that is a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from txplatform.progress import Progress as Show


@contextmanager
def progress_bar(subject: str) -> Iterator[Show]:
    """Show a bar while the block runs, and yield what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(subject, total=None)

        def show(what: str, done: int, of: int) -> None:
            bar.update(task, description=f"{subject}: {what}", completed=done, total=of or None)

        yield show
