"""Athena: running SQL, the exact current view of each entity, and the views ready for dashboards."""
