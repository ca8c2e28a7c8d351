"""Dagster from outside of it: its webserver's GraphQL API, over which commands launch runs and follow them."""

from txplatform.orchestrator.orchestrator import Orchestrator
from txplatform.orchestrator.runs import Launch, Materialized, Run

__all__ = ["Launch", "Materialized", "Orchestrator", "Run"]
