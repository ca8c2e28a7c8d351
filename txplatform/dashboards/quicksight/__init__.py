"""QuickSight as code: data source, data sets, analyses and dashboards, rendered from contracts and marts.

`resources` renders them all; `deployment` makes them so in an account; `ingestion` renews the copies in SPICE.
"""
