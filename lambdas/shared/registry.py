"""Reads what the contracts publish: the schema of an entity, and its generation."""

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from lambdas.shared.aws import AWS_ERRORS
from lambdas.shared.errors import (
    ConfigurationError,
    RegistryUnavailableError,
    UndecidedOrderError,
    UnknownEntityError,
)
from lambdas.shared.jsonio import loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.timestamps import timestamp_text

TTL_SECONDS = 60.0
CLOCK_SKEW = timedelta(minutes=5)
T = TypeVar("T")
OPENAPI_ITEM = ("_api", "openapi")  # of all entities; none has a name that begins like this


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    document: str
    schema: EntitySchema


class SchemaRegistry:
    """Schemas by entity, each kept compiled for a minute. Safe to share between threads: a race reads twice."""

    def __init__(self, dynamodb: Any, table: str, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells seconds; the monotonic one would stand still while Lambda freezes the sandbox."""
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._cursor_keys: dict[str, tuple[float, bytes]] = {}
        self._openapi: tuple[float, str] | None = None

    def schema(self, entity: str) -> EntitySchema:
        """The entity's current schema, at most a minute old; raise UnknownEntityError, RegistryUnavailableError."""
        kept = self._kept.get(entity)
        if kept is not None and self._clock() < kept.until:
            return kept.schema
        return self.fresh_schema(entity)

    def fresh_schema(self, entity: str) -> EntitySchema:
        """The entity's schema as published at this moment."""
        item = self._read(entity, "schema")
        if item is None:
            raise UnknownEntityError(entity)
        document = item["document"]["S"]
        kept = self._kept.get(entity)
        schema = kept.schema if kept is not None and kept.document == document else EntitySchema.parse(loads(document))
        self._kept[entity] = _Kept(self._clock() + TTL_SECONDS, document, schema)
        return schema

    def json_schema(self, entity: str) -> dict[str, Any]:
        """The JSON Schema of the entity's records, of the same age as `schema`."""
        self.schema(entity)
        return loads(self._kept[entity].document)["json_schema"]

    def openapi(self) -> str | None:
        """The OpenAPI document of all entities, at most a minute old; None where it was never published."""
        if self._openapi is None or self._clock() >= self._openapi[0]:
            item = self._read(*OPENAPI_ITEM)
            if item is None:
                return None
            self._openapi = (self._clock() + TTL_SECONDS, gzip.decompress(item["document"]["B"]).decode())
        return self._openapi[1]

    def cursor_key(self, entity: str) -> bytes:
        """The key that signs the cursors of the entity's lists, at most a minute old.

        Raise RegistryUnavailableError, and ConfigurationError where the entity was never published with one.
        """
        kept = self._cursor_keys.get(entity)
        if kept is not None and self._clock() < kept[0]:
            return kept[1]
        item = self._read(entity, "cursor_key")
        if item is None:
            raise ConfigurationError(f"entity {entity!r} has no key for its cursors: publish its contract once more")
        key: bytes = item["key"]["B"]
        self._cursor_keys[entity] = (self._clock() + TTL_SECONDS, key)
        return key

    def generation(self, entity: str) -> int:
        """The generation that outranks all before it; 1 until a bootstrap starts another."""
        item = self._read(entity, "generation")
        return 1 if item is None else int(item["generation"]["N"])

    def generation_at(self, entity: str, moment: datetime) -> int:
        """The generation of that moment.

        Raise UndecidedOrderError when the present one began so close to it that clocks do not tell which was first.
        """
        item = self._read(entity, "generation")
        if item is None:
            return 1
        started = [entry["M"] for entry in item["started"]["L"]]
        earliest, latest = (
            max((int(entry["generation"]["N"]) for entry in started if entry["at"]["S"] <= text), default=1)
            for text in (timestamp_text(moment - CLOCK_SKEW), timestamp_text(moment + CLOCK_SKEW))
        )
        if earliest < latest == int(item["generation"]["N"]):
            raise UndecidedOrderError(
                f"the changes of {entity!r} were abandoned within {CLOCK_SKEW} of the start of generation {latest}"
            )
        return earliest  # where two come into question, a newer generation outranks both

    def _read(self, entity: str, item: str) -> dict[str, Any] | None:
        return read_item(self._dynamodb, self._table, entity, item)


def read_item(dynamodb: Any, table: str, owner: str, item: str) -> dict[str, Any] | None:
    """One item of the registry, None where there is none; raise RegistryUnavailableError."""
    key = {"entity": {"S": owner}, "item": {"S": item}}
    try:
        return dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    except AWS_ERRORS as error:
        raise RegistryUnavailableError(f"the registry did not answer for {owner!r}") from error


class Current(Generic[T]):
    """A document during one invocation: the kept one, until something does not fit it.

    Then what is published at that moment, read once, so that nothing is refused by a document that has been replaced.
    """

    def __init__(self, kept: T, fresh: Callable[[], T]) -> None:
        self.value = kept
        self._fresh = fresh
        self._is_fresh = False
        self._reading = threading.Lock()

    def newer_than(self, used: T) -> T | None:
        """The document as published, from now on the current one; None when that is `used`, which did not fit."""
        with self._reading:
            if not self._is_fresh:
                self.value = self._fresh()
                self._is_fresh = True
        return None if self.value is used else self.value


class CurrentSchema(Current[EntitySchema]):
    """An entity's schema during one invocation."""

    def __init__(self, registry: SchemaRegistry, entity: str) -> None:
        super().__init__(registry.schema(entity), lambda: registry.fresh_schema(entity))

    @property
    def schema(self) -> EntitySchema:
        """The schema that is current now."""
        return self.value
