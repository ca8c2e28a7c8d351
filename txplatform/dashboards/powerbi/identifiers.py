"""Names in the languages of a Power BI project, and ids that follow from names: equal contracts, equal projects."""

import re
from uuid import NAMESPACE_URL, uuid5

from txplatform.contracts.names import PREFIX

_LONGEST_NAME = 50  # of a page or visual: page/2.0.0 and visualContainer/2.4.0 of Power BI's published schemas
_NEEDS_QUOTES = re.compile(r"[.=:'\s]")


def tmdl_name(name: str) -> str:
    """A name in TMDL: in quotes where it has a dot, equals sign, colon, quote or space.

    https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview, object declaration.
    """
    return "'" + name.replace("'", "''") + "'" if _NEEDS_QUOTES.search(name) else name


def described(text: str, indent: str = "") -> list[str]:
    """The lines of a description in TMDL, which stand before the object."""
    return [f"{indent}/// {line}" for line in text.splitlines() if line.strip()]


def dax_column(table: str, column: str) -> str:
    """A column in DAX."""
    quoted = table.replace("'", "''")
    return f"'{quoted}'[{column.replace(']', ']]')}]"


def dax_text(text: str) -> str:
    """A text literal in DAX."""
    return '"' + text.replace('"', '""') + '"'


def m_text(text: str) -> str:
    """A text literal in M."""
    return '"' + text.replace('"', '""').replace("#(", "#(#)(") + '"'


def lineage_tag(*names: str) -> str:
    """The id by which Power BI follows an object when it is renamed."""
    return str(uuid5(NAMESPACE_URL, "/".join((f"urn:{PREFIX}:powerbi", *names))))


def report_name(*names: str) -> str:
    """The name of a page or visual, which is its folder too."""
    joined = "_".join(names)
    return joined if len(joined) <= _LONGEST_NAME else lineage_tag("report", *names).replace("-", "")[:20]
