"""What `cdc` reads from its environment. Names with `{entity}` are patterns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """`cdc_prefix` has no slash at its end. `heartbeat_key` is the key of the item that is no record."""

    table: str
    registry_table: str
    lake_bucket: str
    cdc_prefix: str
    heartbeat_key: str
    metric_namespace: str
