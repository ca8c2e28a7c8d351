"""Refreshes of a semantic model in Power BI, by its REST API."""

from txplatform.dashboards.powerbi.refresh.credentials import connection
from txplatform.dashboards.powerbi.refresh.refresh import Refreshed, refresh_model
from txplatform.dashboards.powerbi.refresh.service import SemanticModels

__all__ = ["Refreshed", "SemanticModels", "connection", "refresh_model"]
