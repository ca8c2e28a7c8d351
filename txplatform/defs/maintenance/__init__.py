"""Maintenance: the tables of each entity, and Dagster's own runs and events."""
