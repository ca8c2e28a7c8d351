"""The demo's progress: bars that move on a terminal, and lines elsewhere, such as in the log of a build."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

_SECONDS = 15.0  # between two lines of a step that goes on


class Step(Protocol):
    """One step of the demo."""

    def show(self, completed: int, note: str = "", total: int | None = None) -> None:
        """Set how far the step is."""
        ...


class Display:
    """Shows steps, each with what is done of its total."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self.console = console
        self._clock = clock
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
        """Show the steps while the block runs."""
        if not self.console.is_terminal:
            yield
            return
        with self._progress:
            yield

    def step(self, description: str, total: int) -> Step:
        """Add a step that is done at `total`."""
        if not self.console.is_terminal:
            return _Lines(self.console, self._clock, description, total)
        return _Bar(self._progress, self._progress.add_task(description, total=total, note=""))


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def show(self, completed: int, note: str = "", total: int | None = None) -> None:
        self._progress.update(self._task, completed=completed, total=total, note=note)


class _Lines:
    """A line when the step begins, every few seconds, and when it is done, so that nobody thinks that it hangs."""

    def __init__(self, console: Console, clock: Callable[[], float], description: str, total: int) -> None:
        self._console = console
        self._clock = clock
        self._description = description
        self._total = total
        self._next = clock()
        self._was_done = False
        self.show(0)

    def show(self, completed: int, note: str = "", total: int | None = None) -> None:
        self._total = self._total if total is None else total
        done, now = completed >= self._total, self._clock()
        if now >= self._next or (done and not self._was_done):
            self._next, self._was_done = now + _SECONDS, self._was_done or done
            shown = f"{self._description}: {completed} of {self._total}{f', {note}' if note else ''}"
            self._console.print(shown, soft_wrap=True, highlight=False)
