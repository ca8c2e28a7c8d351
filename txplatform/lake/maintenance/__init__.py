"""Maintenance: keeps the cost of an entity's tables from growing with their age.

Athena compacts partitions with many small files or deletes (OPTIMIZE) and removes snapshots and data files past their
time (VACUUM). What it does not promise is done here: manifests that no snapshot needs are removed, and old versions of
the tables and views in Glue. Rows are never removed: `<entity>_changes` is the history of the entity.

Maintenance works by what it finds, so it may run at any time, twice, or end halfway; it commits optimistically, and
what loses a race is done by the next run.
"""

from txplatform.lake.maintenance.maintain import maintain
from txplatform.lake.maintenance.report import MaintenanceReport, TableReport

__all__ = ["MaintenanceReport", "TableReport", "maintain"]
