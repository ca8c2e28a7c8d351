"""The environment of Dagster's tasks: what its instance reads, and what the platform's settings read beside it."""

from collections.abc import Mapping

from aws_cdk import Aws

from infra.constructs.imported import imported
from txplatform import settings
from txplatform.contracts import installation, names

CODE_HOST = f"code.{names.PREFIX}.internal"
CODE_PORT = 4000
CODE_LOCATION = "txplatform"  # as in both workspace.yaml, whatever the installation
UI_PORT = 3000
RUN_FAMILY = f"{names.PREFIX}-run"  # of the task definition of runs, by which the daemon's launcher finds it
OWN_CONTRACTS = "/opt/txplatform/deploy/contracts"  # in the image


def instance_variables(logs_bucket: str, database: Mapping[str, str]) -> dict[str, str]:
    """What deploy/dagster.yaml and deploy/workspace.yaml name."""
    return {
        **database,
        "AWS_REGION": Aws.REGION,
        "DAGSTER_CODE_HOST": CODE_HOST,
        "DAGSTER_CODE_PORT": str(CODE_PORT),
        "DAGSTER_LOGS_BUCKET": logs_bucket,
        "DAGSTER_RUN_TASK_DEFINITION": RUN_FAMILY,
    }


def platform_variables(ui_url: str, *, own_contracts: bool) -> dict[str, str]:
    """What the platform reads where its code runs: outputs of the data plane, and the name of the installation."""
    contracts = {settings.CONTRACTS_DIR.variable: OWN_CONTRACTS} if own_contracts else {}
    return {
        **{variable: imported(output) for variable, output in settings.STACK_OUTPUTS.items()},
        settings.DAGSTER_URL.variable: ui_url,
        installation.VARIABLE: names.PREFIX,
        **contracts,
    }
