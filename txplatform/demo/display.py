"""The demo's progress on the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column


class Display:
    """Progress bars, one a step. On a terminal they move; elsewhere each is printed once, at its end."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            BarColumn(bar_width=12),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TextColumn("[dim]{task.fields[note]}[/]", table_column=Column(width=14, no_wrap=True)),
            TimeElapsedColumn(),
            console=console,
        )

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show the bars while the block runs."""
        with self._progress:
            yield

    def step(self, description: str, total: int) -> "Step":
        """Add a bar that is full at `total`."""
        return Step(self._progress, self._progress.add_task(description, total=total, note=""))


class Step:
    """One bar."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def show(self, completed: int, note: str = "", total: int | None = None) -> None:
        """Set how far the step is."""
        self._progress.update(self._task, completed=completed, total=total, note=note)
