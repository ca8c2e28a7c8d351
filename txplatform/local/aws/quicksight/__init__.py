"""QuickSight's data sources, data sets, ingestions, analyses and dashboards, of which moto has some, in memory.

Nothing is drawn or imported: resources are kept, requests are held strictly against the service's model, and an
ingestion ends as its data set and data source let it. All other operations are moto's.
"""

from txplatform.local.aws.quicksight.service import QuickSight

__all__ = ["QuickSight"]
