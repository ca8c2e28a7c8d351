"""A way in which a source can get a message wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from txplatform.demo.records import Record


@dataclass(frozen=True, slots=True)
class Defect:
    """A fault by its name; `apply` writes a valid record as a message that has the fault, a payload of `system`."""

    entity: str
    name: str
    apply: Callable[[Record], str]
    system: str | None = None
