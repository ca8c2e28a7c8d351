"""Athena for the local AWS: its API, its SQL dialect on DuckDB, Iceberg tables and views from Glue.

What would come out otherwise than on AWS without anybody noticing is refused instead.
"""
