"""What the stack puts out is what the platform's settings ask for."""

from typing import Any

import pytest

from txplatform.errors import ConfigurationError
from txplatform.settings import SETTINGS, STACK_OUTPUTS, Settings


@pytest.fixture
def environment(template: dict[str, Any]) -> dict[str, str]:
    """The environment that someone sets up from the outputs of a deployed stack, each by its name."""
    outputs = {name: f"the {name}" for name in template["Outputs"]}
    return {"AWS_REGION": "eu-west-1", **{variable: outputs[output] for variable, output in STACK_OUTPUTS.items()}}


def test_outputs_and_region_are_all_that_the_platform_needs(environment: dict[str, str]) -> None:
    settings = Settings.from_env(environment)
    assert settings.region == "eu-west-1"
    assert settings.lake_bucket == "the LakeBucket"
    assert settings.alerts_topic_arn == "the AlertsTopicArn"
    assert settings.api_url == "the ApiUrl"
    assert settings.token_url == "the TokenUrl"
    assert settings.further_issuers == "the FurtherIssuersInUse"


def test_dashboards_are_in_the_bucket_where_nothing_serves_them(environment: dict[str, str]) -> None:
    assert Settings.from_env(environment).dashboards_url == "s3://the LakeBucket/dashboards"
    served = Settings.from_env({**environment, "TXP_DASHBOARDS_URL": "https://dashboards.example.org"})
    assert served.dashboards_url == "https://dashboards.example.org"


@pytest.mark.parametrize(("variable", "output"), [(item.variable, item.output) for item in SETTINGS if item.required])
def test_a_missing_value_says_which_output_it_is(environment: dict[str, str], variable: str, output: str) -> None:
    del environment[variable]
    source = f"the output {output} of" if output else "the region"
    with pytest.raises(ConfigurationError, match=rf"{variable} is not set\. Remedy: set it to {source}"):
        Settings.from_env(environment)


@pytest.mark.parametrize("entity", ["Customers", "Payments", "Trades"])
def test_a_source_finds_its_inbound_queue_among_the_outputs(template: dict[str, Any], entity: str) -> None:
    queue = template["Resources"][template["Outputs"][f"InboundQueueUrl{entity}"]["Value"]["Ref"]]
    assert queue["Properties"]["QueueName"] == f"txplatform-{entity.lower()}-inbound"
