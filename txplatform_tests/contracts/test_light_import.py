"""Reading a contract and rendering for AWS loads none of the data libraries."""

import subprocess
import sys

import pytest

HEAVY = "boto3 dagster duckdb moto numpy pandas pandera polars pyarrow pyiceberg"
LIGHT = [
    "names",
    "model",
    "loader",
    "mapping.loader",
    "render.columns",
    "render.mapping",
    "render.registry",
    "render.views",
    "render.openapi",
    "render.reference",
]


@pytest.mark.parametrize("module", LIGHT)
def test_module_is_light(module: str) -> None:
    program = f"import sys, txplatform.contracts.{module}\nprint(*sorted(set(sys.modules) & set({HEAVY.split()!r})))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []
