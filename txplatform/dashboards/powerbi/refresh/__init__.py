"""Refreshes of a semantic model in Power BI, by its REST API."""

from txplatform.dashboards.powerbi.refresh.credentials import service_principal
from txplatform.dashboards.powerbi.refresh.refresh import Refreshed, refresh_model
from txplatform.dashboards.powerbi.refresh.service import SemanticModels

__all__ = ["Refreshed", "SemanticModels", "refresh_model", "service_principal"]
