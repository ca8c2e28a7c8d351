"""What Dagster shows and runs: one folder per flow, each with its assets, checks, partitions and automation.

Modules build definitions out of contracts and call the platform's packages at run time, where they import them:
loading the definitions takes Dagster and the contracts, no AWS and no data library.
"""
