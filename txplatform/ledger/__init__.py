"""The ledger: what has landed and is pending, done or abandoned, and how far an entity is folded.

The Lambda `landing` writes a row for every object version. A run takes rows from here, counts its attempt on them,
and marks them done after its commit. `Ledger` is the whole of it on one DynamoDB table; each of its parts has a module:
the objects there are, batches, attempts, reconciliation with the landing area, the folds, the views, the tables of
marts, and what parity proves.
"""

from typing import TYPE_CHECKING

from txplatform.ledger.attempts import MAX_ATTEMPTS, UNFINISHED, Attempts
from txplatform.ledger.batches import Batch, Batches
from txplatform.ledger.folds import Folded, Folds
from txplatform.ledger.inventory import Inventory, InventoryReport
from txplatform.ledger.landing_area import LandingArea
from txplatform.ledger.mart_tables import MartSource, MartTable, MartTables
from txplatform.ledger.objects import Waiting
from txplatform.ledger.proofs import HeldDay, Proofs
from txplatform.ledger.published_views import PublishedViews
from txplatform.ledger.reconciliation import ListedThrough, Reconciliation
from txplatform.ledger.rows import LandedObject, State, UnrecognisedObject

if TYPE_CHECKING:  # definitions name objects of the ledger and load without boto3
    from txplatform.aws import AwsClients

__all__ = [
    "MAX_ATTEMPTS",
    "UNFINISHED",
    "Batch",
    "Folded",
    "HeldDay",
    "InventoryReport",
    "LandedObject",
    "LandingArea",
    "Ledger",
    "ListedThrough",
    "MartSource",
    "MartTable",
    "State",
    "UnrecognisedObject",
    "Waiting",
]


class Ledger(Batches, Attempts, Reconciliation, Folds, PublishedViews, MartTables, Proofs):
    """The ledger table in DynamoDB, and the landing area in the lake bucket that it keeps account of."""

    def __init__(self, clients: "AwsClients", lake_bucket: str) -> None:
        super().__init__(clients)
        self.landing_area = LandingArea(clients, lake_bucket)
        self.inventory = Inventory(clients, lake_bucket)
