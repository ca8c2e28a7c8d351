"""What a contract says of all assets of its entity: who owns them, their tags, and how fresh they must be."""

from datetime import timedelta

import dagster as dg

from txplatform.contracts.model import Contract

PLATFORM_OWNERS = ["team:data-platform"]  # of what belongs to no entity, or to one whose contract names no team


def owners(contract: Contract) -> list[str]:
    """The owners that the contract names."""
    return list(contract.owners) or PLATFORM_OWNERS


def asset_tags(contract: Contract) -> dict[str, str]:
    """The contract's tags as Dagster writes tags that have no value."""
    return dict.fromkeys(contract.tags, "")


def new_data_within(longest: timedelta | None) -> dg.FreshnessPolicy | None:
    """The policy of an asset that is materialised when new data came; None where the contract promises nothing.

    Dagster compares the age of the last materialisation, whatever it held: a backfill of an old day counts too. Views
    have no policy: they show changes at once and rows of files with the next fold, whenever they were refreshed last.
    """
    return None if longest is None else dg.FreshnessPolicy.time_window(fail_window=longest)


def next_delivery_within(frequency: timedelta | None) -> dg.FreshnessPolicy | None:
    """The policy of an asset of deliveries that come at intervals of `frequency`, each a little later or earlier.

    A quarter of the interval is allowed for that: a daily file may be six hours later than that of the day before.
    """
    return None if frequency is None else new_data_within(frequency * 5 / 4)
