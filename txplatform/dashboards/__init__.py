"""The dashboards. Each kind is a folder; all of them read Athena views and nothing else."""
