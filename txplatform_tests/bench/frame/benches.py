"""Finds and runs benches: the modules of `txplatform_tests/bench`.

A bench is a module with a docstring, whose first line says what it measures, a text `SETTINGS[size]` for each size, and
`measure(size)`, which makes its data, measures it against a baseline in the same run and returns the figures, and as
`Untried` those that cannot be had on this machine.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from txplatform_tests.bench.frame.figures import Figure, Outcome, Size, Untried, amount
from txplatform_tests.bench.frame.measuring import progress

_FOLDER = Path(__file__).parents[1]


def names() -> list[str]:
    """The benches there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith(("_", "test_")))


def summary(name: str) -> str:
    """The first line of a bench's docstring."""
    return (_module(name).__doc__ or "").partition("\n")[0]


def run(name: str, size: Size) -> Outcome:
    """Measure one bench, and say each figure as it comes; what the bench raises goes on to the caller."""
    module = _module(name)
    figures: list[Figure] = []
    untried: list[Untried] = []
    for figure in module.measure(size):
        if isinstance(figure, Untried):
            progress(f"{figure.name}: not tried, {figure.reason}")
            untried.append(figure)
            continue
        progress(f"{figure.name}: {amount(figure)}")
        figures.append(figure)
    return Outcome(name, size, module.SETTINGS[size], tuple(figures), tuple(untried))


def _module(name: str) -> Any:
    return import_module(f"txplatform_tests.bench.{name}")
