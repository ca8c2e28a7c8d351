"""Replaces the views of an entity whose tables have followed its contract, in the step that changed them.

Until then queries of them fail: they name former columns, or have their former types. They are the current view, the
further views of the entity and the marts over it alone; marts that read several entities follow with their refresh. The
snapshot table remembers for which version the views were replaced, so that a process which died in between leaves it to
the next one.
"""

import logging
from typing import TYPE_CHECKING

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.errors import PlatformError
from txplatform.lake.races import NOT_COMMITTED
from txplatform.lake.table_evolution import CONTRACT_VERSION
from txplatform.ledger import Ledger
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.further_views import further_views
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.views import refresh_mart, refresh_view

if TYPE_CHECKING:
    from txplatform.lake.catalog import Lake

_log = logging.getLogger(__name__)
VIEW_VERSION = "txplatform.view-contract-version"


def replace_view(contract: Contract, lake: "Lake") -> None:
    """Replace the views that are there, if the tables were changed for this contract and the views were not.

    A failure is logged and left to the next process, or to the refresh of the views: rows can go into the tables.
    """
    table = lake.table(names.snapshot_table(contract.name))
    made_for = table.properties.get(CONTRACT_VERSION)
    if made_for != contract.version or table.properties.get(VIEW_VERSION) == made_for:
        return
    try:
        athena, ledger = Athena(lake.clients), Ledger(lake.clients, lake.bucket)
        if athena.view_version(contract.name):
            refresh_view(contract, athena, ledger)
            for mart in (*further_views(contract), *marts(contract)):
                if not mart.table_by and athena.view_version(mart.name):
                    refresh_mart(mart, athena, ledger, [contract])
        table.transaction().set_properties({VIEW_VERSION: made_for}).commit_transaction()
    except (PlatformError, *NOT_COMMITTED) as error:
        _log.warning("the view %s was not replaced with its tables: %s", contract.name, error)
