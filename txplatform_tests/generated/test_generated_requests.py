"""The API and its document agree on generated requests, whoever issued the token; `make fuzz` tries many more."""

import os

import pytest

from txplatform.demo.api_reads import Provider
from txplatform.local.stack import LocalStack
from txplatform_tests.generated.schemathesis_runs import PHASES, run

pytestmark = [pytest.mark.slow]
# What one machine can try while others wait. The provider changes who may call; the entity, what a key is.
COGNITO, ENTRA = 0, 1
RUNS = {
    "Cognito": (COGNITO, "^/v1/payments", PHASES),
    "Entra ID": (ENTRA, "^/v1/trades|/schemas/|/openapi.json|/health", ("examples", "fuzzing", "stateful")),
}


@pytest.mark.parametrize("name", RUNS)
def test_schemathesis_finds_nothing(stack: LocalStack, name: str) -> None:
    provider, paths, phases = RUNS[name]
    seed = 1 if os.environ.get("CI") else None
    chosen = Provider.both(stack.environment)[provider]
    outcome = run(stack.environment, chosen, examples=3, seed=seed, paths=paths, phases=phases)
    assert outcome.status == 0, outcome.text
    assert "passed" in outcome.text
