"""How far each entity is folded, the rows of which epochs its snapshot holds, and which bootstrap has loaded it."""

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

    def loaded_generation(self, entity: str) -> int:
        """The generation of the latest finished bootstrap; 0 before the first."""
        row = self._row(_loaded_key(entity))
        return int(row["generation"]["N"]) if row else 0

    def set_loaded_generation(self, entity: str, generation: int) -> None:
        """Keep that a bootstrap has finished; an earlier one that ends later changes nothing."""
        number = {"N": str(generation)}
        condition = "attribute_not_exists(pk) OR generation < :generation"
        self._put_if(condition, {**_loaded_key(entity), "generation": number}, {":generation": number})


def _loaded_key(entity: str) -> Attributes:
    return {"pk": {"S": f"loaded#{entity}"}, "sk": {"S": "current"}}


def _key(entity: str) -> Attributes:
    return {"pk": {"S": f"folded#{entity}"}, "sk": {"S": "current"}}
