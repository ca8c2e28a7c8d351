"""What `landing` reads from its environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The prefixes have no slash at their end; each is one lane into the lake. `entities` is a comma-separated list."""

    ledger_table: str
    raw_prefix: str
    cdc_prefix: str
    entities: str
    metric_namespace: str
