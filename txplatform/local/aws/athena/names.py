"""Names of tables in statements that are read by their words: quoted, in backticks or bare, of one to three parts."""

import re

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.view_codec import CATALOG

IDENTIFIER = r'(?:"[^"]+"|`[^`]+`|\w+)'
NAME = rf"(?:(?:(?P<catalog>{IDENTIFIER})\.)?(?P<database>{IDENTIFIER})\.)?(?P<name>{IDENTIFIER})"


def unquote(name: str) -> str:
    """Return an identifier without its quotes, in lower case as Glue has it."""
    return re.sub(r'^["`]|["`]$', "", name.strip()).lower()


def named(found: re.Match[str], database: str) -> tuple[str, str]:
    """Return database and name from a match of NAME; raise StatementError for a catalog that is not there."""
    _require(unquote(found["catalog"] or ""))
    return unquote(found["database"]) if found["database"] else database, unquote(found["name"])


def of_table(table: exp.Table, database: str) -> tuple[str, str]:
    """Return database and name of a table in a tree, likewise."""
    _require(table.catalog.lower())
    return (table.db or database).lower(), table.name.lower()


def _require(catalog: str) -> None:
    if catalog not in ("", CATALOG):
        raise StatementError("CATALOG_NOT_FOUND", f"line 1:1: Catalog '{catalog}' does not exist")
