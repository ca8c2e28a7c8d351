"""What a contract says of all assets of its entity: who owns them, their tags, and how fresh they must be."""

from datetime import timedelta

import dagster as dg

from txplatform.contracts.model import Contract

PLATFORM_OWNERS = ["team:data-platform"]  # of what belongs to no entity, or to one whose contract names no team

SLOWEST_REFRESH = timedelta(minutes=10)  # one is started every five minutes, unless the last run is still active


def owners(contract: Contract) -> list[str]:
    """The owners that the contract names."""
    return list(contract.owners) or PLATFORM_OWNERS


def asset_tags(contract: Contract) -> dict[str, str]:
    """The contract's tags as Dagster writes tags that have no value."""
    return dict.fromkeys(contract.tags, "")


def materialised_within(longest: timedelta | None) -> dg.FreshnessPolicy | None:
    """The policy of an asset that is materialised when new data came; None where the contract promises nothing.

    Dagster compares the age of the last materialisation, whatever it held: a backfill of an old day counts too.
    """
    return None if longest is None else dg.FreshnessPolicy.time_window(fail_window=longest)


def refreshed_within(longest: timedelta | None) -> dg.FreshnessPolicy | None:
    """The policy of an asset that the refresh job materialises, with new data or without.

    A view is exact between two refreshes, so a service level that is shorter than their distance is no reason to fail.
    """
    return None if longest is None else materialised_within(max(longest, SLOWEST_REFRESH))
