"""The views that an entity has by its contract alone, besides its current view: its child entities, and its history."""

from txplatform.contracts.model import Contract
from txplatform.warehouse.child_views import child_views
from txplatform.warehouse.history import history_view
from txplatform.warehouse.marts.model import Mart


def further_views(contract: Contract) -> tuple[Mart, ...]:
    """The views of an entity besides its current view and its marts."""
    return (*child_views(contract), history_view(contract))
