"""A cold start pays for every import: handlers load no data library, and make nothing before the first call."""

import subprocess
import sys

import pytest

from txplatform.contracts.names import Function

HEAVY = "dagster pandas polars pyarrow duckdb aws_cdk pandera pyiceberg numpy txplatform moto requests pydantic"
ALSO_NEEDLESS = {Function.AUTHORIZER: "boto3 jsonschema_rs", Function.LANDING: "jsonschema_rs jwt"}


@pytest.mark.parametrize("function", Function)
def test_handler_is_slim(function: Function) -> None:
    unwanted = f"{HEAVY} {ALSO_NEEDLESS.get(function, '')}".split()
    program = (
        f"import sys, lambdas.{function}.handler as module\n"
        f"print(*sorted(set(sys.modules) & set({unwanted!r})), module._{function}.cache_info().currsize)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={})

    assert done.stdout.split() == ["0"]
