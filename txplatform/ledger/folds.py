"""How far each entity is folded: the rows of which epochs its snapshot holds."""

from dataclasses import dataclass
from datetime import datetime

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.ledger.rows import Attributes
from txplatform.ledger.table import LedgerTable


@dataclass(frozen=True, slots=True)
class Folded:
    """All rows of the epochs up to `epoch` are in the snapshot.

    `at` is when the fold was made, for people and for the policy of when to fold: nothing that a query reads depends
    on a clock.
    """

    epoch: int
    at: datetime


class Folds(LedgerTable):
    """Reads and moves how far an entity is folded."""

    def folded(self, entity: str) -> Folded | None:
        """What the latest finished fold has folded; None before the first."""
        row = self._row(_key(entity))
        if not row:
            return None
        return Folded(int(row["epoch"]["N"]), parse_timestamp(row["folded_at"]["S"]))

    def set_folded(self, entity: str, folded: Folded) -> None:
        """Move forward; it stays where it is if another fold has come further."""
        epoch = {"N": str(folded.epoch)}
        row = {"epoch": epoch, "folded_at": {"S": timestamp_text(folded.at)}}
        self._put_if("attribute_not_exists(pk) OR epoch < :epoch", {**_key(entity), **row}, {":epoch": epoch})


def _key(entity: str) -> Attributes:
    return {"pk": {"S": f"folded#{entity}"}, "sk": {"S": "current"}}
