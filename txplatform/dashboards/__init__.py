"""What people look at. Each kind of dashboard is a folder; all of them read Athena views and nothing else."""
