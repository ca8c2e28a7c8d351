"""Which table holds the rows of a mart, as of which state of its entity, and which tables it has had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.ledger.rows import Attributes
from txplatform.ledger.table import LedgerTable


@dataclass(frozen=True, slots=True)
class MartSource:
    """The state of an entity that a table was made of: its changes before `open_epoch`, its files as far as folded.

    `digest` stands for the mart's statement, for what the view is that it reads, and for the tables under that.
    """

    digest: str
    open_epoch: int
    folded_epoch: int


@dataclass(frozen=True, slots=True)
class MartTable:
    """The table that is shown, if one is. `others` were shown before or may be on their way, with since when."""

    mart: str
    table: str = ""
    source: MartSource = MartSource("", 0, 0)
    others: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    revision: int = 0


class MartTables(LedgerTable):
    """Keeps a row for each mart that is a table, or was."""

    def mart_table(self, entity: str, mart: str) -> MartTable:
        """What is kept of a mart; a row without tables where it never was one."""
        row = self._row(_key(entity, mart))
        return _mart_table(row) if row else MartTable(mart)

    def mart_tables(self, entity: str) -> Iterable[MartTable]:
        """What is kept of each mart of an entity that has tables."""
        rows = map(_mart_table, self._rows_below(_partition(entity), f"{entity}_"))
        return [row for row in rows if row.table or row.others]

    def set_mart_table(self, entity: str, new: MartTable) -> bool:
        """Keep it in place of what has its revision, and return whether that was still there."""
        others = {name: {"S": timestamp_text(moment)} for name, moment in new.others.items()}
        row = {
            **_key(entity, new.mart),
            "table": {"S": new.table},
            "digest": {"S": new.source.digest},
            "open_epoch": {"N": str(new.source.open_epoch)},
            "folded_epoch": {"N": str(new.source.folded_epoch)},
            "others": {"M": others},
            "revision": {"N": str(new.revision + 1)},
        }
        condition = "revision = :revision" if new.revision else "attribute_not_exists(pk)"
        return self._put_if(condition, row, {":revision": {"N": str(new.revision)}} if new.revision else None)


def _mart_table(row: Attributes) -> MartTable:
    return MartTable(
        mart=row["sk"]["S"],
        table=row["table"]["S"],
        source=MartSource(row["digest"]["S"], int(row["open_epoch"]["N"]), int(row["folded_epoch"]["N"])),
        others={name: parse_timestamp(moment["S"]) for name, moment in row["others"]["M"].items()},
        revision=int(row["revision"]["N"]),
    )


def _key(entity: str, mart: str) -> Attributes:
    return {"pk": {"S": _partition(entity)}, "sk": {"S": mart}}


def _partition(entity: str) -> str:
    return f"marts#{entity}"
