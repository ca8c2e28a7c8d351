"""Measures time, processor time and memory; says on stderr what is going on."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STARTED = time.monotonic()
_TICKS = os.sysconf("SC_CLK_TCK")


def progress(text: str) -> None:
    """Say on stderr what comes next, with the seconds since the start."""
    print(f"{time.monotonic() - _STARTED:7.1f} s  {text}", file=sys.stderr, flush=True)


@dataclass(slots=True)
class Cost:
    """What something took: seconds of time, seconds of the processes' CPU, and their greatest memory in bytes."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@contextmanager
def cost_of(*pids: int) -> Iterator[Cost]:
    """Measure what happens inside, of these processes (without their children) and never more; this one if none."""
    watched = pids or (os.getpid(),)
    for pid in watched:
        _forget_peak(pid)
    cost = Cost()
    cpu, started = sum(map(_cpu_seconds, watched)), time.perf_counter()
    yield cost
    cost.seconds = time.perf_counter() - started
    cost.cpu_seconds = sum(map(_cpu_seconds, watched)) - cpu
    cost.peak_bytes = sum(map(peak_bytes, watched))


def resident_bytes(pid: int) -> int:
    """The memory that a process has now."""
    return _status_bytes(pid, "VmRSS")


def medians(actions: Mapping[str, Callable[[], object]], rounds: int, *pids: int) -> dict[str, Cost]:
    """The median cost of each action over so many rounds, after one that is not counted.

    A round does each action once, so that what else the machine does meets all of them alike.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in actions}
    for _ in range(rounds + 1):
        for name, action in actions.items():
            with cost_of(*pids) as cost:
                action()
            costs[name].append(cost)
    return {name: _median(found[1:]) for name, found in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.cpu_seconds for cost in costs),
        max(cost.peak_bytes for cost in costs),
    )


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS  # utime and stime, fields 14 and 15 of proc(5)


def peak_bytes(pid: int) -> int:
    """The most memory that a process has had since it began, or since `cost_of`."""
    return _status_bytes(pid, "VmHWM")


def _status_bytes(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:")) * 1024


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="utf-8")
