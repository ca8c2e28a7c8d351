"""Statements on the partitions of Hive's tables: ALTER TABLE … ADD and DROP PARTITION, MSCK REPAIR TABLE.

https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html,
https://docs.aws.amazon.com/athena/latest/ug/msck-repair-table.html
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from txplatform.local.aws.athena import names
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.glue_tables import GlueTables
from txplatform.local.aws.athena.hive_tables import HiveTable

_VALUE = r"'(?:[^']|'')*'|[^',()\s]+"
_ITEM = re.compile(rf"\s*(?P<key>{names.IDENTIFIER})\s*=\s*(?:date\s+)?(?P<value>{_VALUE})\s*(?:,|\Z)", re.IGNORECASE)
_PARTITION = r"partition\s*\((?P<items>(?:'[^']*'|[^'()])+)\)(?:\s*location\s*'(?P<location>[^']+)')?"
_PARTITIONS = re.compile(rf"\s*,?\s*{_PARTITION}\s*", re.IGNORECASE)
_ALTER = re.compile(
    rf"alter\s+table\s+{names.NAME}\s+(?P<verb>add|drop)\s+(?P<if>if\s+(?:not\s+)?exists\s+)?(?P<parts>partition\b.+)",
    re.IGNORECASE | re.DOTALL,
)
_REPAIR = re.compile(rf"msck\s+repair\s+table\s+{names.NAME}", re.IGNORECASE)

Values = tuple[str, ...]


class PartitionStatements:
    """Runs them."""

    def __init__(self, catalog: Catalog, glue: GlueTables, s3: Any) -> None:
        self._catalog, self._glue, self._s3 = catalog, glue, s3

    def alter(self, sql: str, database: str) -> bool:
        """Add or drop partitions; return whether the statement is about them."""
        found = _ALTER.fullmatch(sql)
        if found is None:
            return False
        key = names.named(found, database)
        table = self._table(key)
        wanted = dict(_read(found["parts"], table))
        known = {values for values, _ in table.parts}
        adds = found["verb"].lower() == "add"
        if unfit := [values for values in wanted if (values in known) == adds]:
            if not found["if"]:
                name, state = "/".join(unfit[0]), "already exists" if adds else "does not exist"
                raise StatementError("ALREADY_EXISTS" if adds else "NOT_FOUND", f"Partition {name} {state}")
            wanted = {values: location for values, location in wanted.items() if values not in unfit}
        if adds:
            self._glue.add_partitions(
                key, {of: place or _folder(table, of) for of, place in wanted.items()}, table.serde
            )
        else:
            self._glue.drop_partitions(key, wanted)
        return True

    def repair(self, sql: str, database: str) -> list[str]:
        """Add the partitions whose folders are under a table's location; return what Athena says of them."""
        found = _REPAIR.fullmatch(sql)
        if found is None:
            raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input. Expecting: MSCK REPAIR TABLE name")
        key = names.named(found, database)
        table = self._table(key)
        known = {values for values, _ in table.parts}
        new = {values: folder for values, folder in self._folders(table) if values not in known}
        self._glue.add_partitions(key, new, table.serde)
        shown = [f"{key[1]}:{_path(table, values)}" for values in new]
        missing = ["\t".join(("Partitions not in metastore:", *shown))] if shown else []
        return [*missing, *(f"Repair: Added partition to metastore {text}" for text in shown)]

    def _table(self, key: tuple[str, str]) -> HiveTable:
        table = self._catalog.resolve(*key, "line 1:1")
        if not isinstance(table, HiveTable) or not table.keys:
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is not a partitioned table of Hive's")
        return table

    def _folders(self, table: HiveTable) -> Iterator[tuple[Values, str]]:
        """Yield the values and places of the folders named key=value, in the order of the keys, that hold files."""
        parts = urlsplit(table.location)
        prefix = f"{parts.path.strip('/')}/"
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=prefix):
            for item in page.get("Contents", ()):
                steps = item["Key"][len(prefix) :].split("/")[: len(table.keys)]
                pairs = [step.partition("=") for step in steps]
                if [name for name, _, _ in pairs] == [name for name, _ in table.keys]:
                    folder = f"s3://{parts.netloc}/{prefix}{'/'.join(steps)}/"
                    yield tuple(unquote(value) for _, _, value in pairs), folder


def _read(text: str, table: HiveTable) -> Iterator[tuple[Values, str]]:
    """Yield the values and location, "" for none, of each PARTITION (key = value, …) [LOCATION '…']."""
    end = 0
    while end < len(text):
        found = _PARTITIONS.match(text, end)
        if found is None:
            raise StatementError("SYNTAX_ERROR", f"line 1:1: mismatched input '{text[end : end + 20]}'")
        items = {names.unquote(item["key"]): item["value"] for item in _ITEM.finditer(found["items"])}
        keys = [name for name, _ in table.keys]
        if sorted(items) != sorted(keys):
            raise StatementError("INVALID_PARTITION_VALUE", f"Partition keys are {', '.join(keys)}: {found['items']}")
        yield tuple(_text(items[key]) for key in keys), found["location"] or ""
        end = found.end()


def _text(value: str) -> str:
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


def _path(table: HiveTable, values: Values) -> str:
    return "/".join(f"{name}={quote(value, safe=' ')}" for (name, _), value in zip(table.keys, values, strict=True))


def _folder(table: HiveTable, values: Values) -> str:
    return f"{table.location.rstrip('/')}/{_path(table, values)}/"
