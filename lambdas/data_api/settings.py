"""What `data_api` reads from its environment. Names with `{entity}` are patterns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """`tombstone_days` is how long a deleted key is remembered, so that an older version stays dead.

    `release` is the version of the platform, which the function's health names.
    """

    table: str
    registry_table: str
    tombstone_days: int
    idempotency_table: str
    release: str
