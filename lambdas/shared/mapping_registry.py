"""Reads the mappings of source systems from the registry, each kept compiled for a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.shared.errors import UnknownSystemError
from lambdas.shared.jsonio import loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.registry import TTL_SECONDS, Current, read_item

MAPPING_ITEM = "mapping"
OWNER = "_source/{system}"  # no entity has a name that begins like this


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    document: str
    mapping: SystemMapping


class MappingRegistry:
    """Mappings by source system. Safe to share between threads: a race reads twice."""

    def __init__(self, dynamodb: Any, table: str, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells seconds; the monotonic one would stand still while Lambda freezes the sandbox."""
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def mapping(self, system: str) -> SystemMapping:
        """The system's current mapping, at most a minute old; raise UnknownSystemError, RegistryUnavailableError."""
        kept = self._kept.get(system)
        if kept is not None and self._clock() < kept.until:
            return kept.mapping
        return self.fresh_mapping(system)

    def fresh_mapping(self, system: str) -> SystemMapping:
        """The system's mapping as published at this moment."""
        item = read_item(self._dynamodb, self._table, OWNER.replace("{system}", system), MAPPING_ITEM)
        if item is None:
            raise UnknownSystemError(system)
        document = item["document"]["S"]
        kept = self._kept.get(system)
        is_same = kept is not None and kept.document == document
        mapping = kept.mapping if kept is not None and is_same else SystemMapping.parse(loads(document))
        self._kept[system] = _Kept(self._clock() + TTL_SECONDS, document, mapping)
        return mapping

    def current(self, system: str) -> Current[SystemMapping]:
        """The system's mapping during one invocation."""
        return Current(self.mapping(system), lambda: self.fresh_mapping(system))
