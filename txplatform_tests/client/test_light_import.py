"""A program that imports the client loads no AWS, no Dagster and no data library."""

import subprocess
import sys

HEAVY = "boto3 botocore dagster duckdb moto numpy pandas pandera polars pyarrow pyiceberg yaml"


def test_the_client_is_light() -> None:
    program = f"import sys, txplatform.client\nprint(*sorted(set(sys.modules) & set({HEAVY.split()!r})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
