"""A Lambda function: bundle, role, log group and an environment that matches its settings class."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import (
    Duration,
    FileAssetLocation,
    FileAssetPackaging,
    Stack,
    aws_iam,
    aws_lambda,
    aws_logs,
)
from constructs import Construct

from infra import bundle
from infra.constructs.acknowledge import acknowledge
from infra.constructs.permissions import allow, service
from infra.environments import Environment
from lambdas.shared.settings import environment_name, environment_names
from txplatform.contracts.names import Function, function_name
from txplatform.errors import ConfigurationError


def function_environment(function: Function, values: Mapping[str, str]) -> dict[str, str]:
    """Render a function's environment from the fields of its settings class.

    `values` maps field names to values; a field without a value, or a value without a field, raises ConfigurationError.
    """
    settings = importlib.import_module(f"lambdas.{function.value}.settings").Settings
    rendered = {environment_name(field): value for field, value in values.items()}
    expected = set(environment_names(settings))
    if rendered.keys() != expected:
        raise ConfigurationError(
            f"the environment of {function.value} does not fit its settings class: "
            f"missing {sorted(expected - rendered.keys())}, unknown {sorted(rendered.keys() - expected)}. "
            f"Remedy: pass exactly its fields in infra/constructs/functions.py"
        )
    return rendered


@dataclass(frozen=True, slots=True)
class Bundles:
    """The folder that holds a completed bundle per function, and the name by which the template calls each.

    A deployment names a bundle by its hash, so that CloudFormation notices a change; the committed template by its
    function alone, so that it need not change with every edit.
    """

    folder: Path
    name: Callable[[Function], str]


@dataclass(frozen=True, slots=True)
class Packaging:
    """What all functions share: their environment and their bundles."""

    environment: Environment
    bundles: Bundles


class FunctionConstruct(Construct):
    """One function with a role of its own: it may write its log and its traces, and what `statements` allow."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        function: Function,
        packaging: Packaging,
        *,
        timeout: Duration,
        memory_mib: int,
        settings: Mapping[str, str],
        statements: Sequence[aws_iam.PolicyStatement] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        environment = packaging.environment
        log_group = aws_logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{function_name(function)}",
            retention=environment.log_retention,
            removal_policy=environment.removal_policy,
        )
        self.role = aws_iam.Role(
            self,
            "Role",
            assumed_by=service("lambda.amazonaws.com"),
            inline_policies={
                "function": aws_iam.PolicyDocument(statements=[_write_log(log_group), _trace(), *statements])
            },
        )
        acknowledge(self.role, "IAM5[Resource::*]", "X-Ray has no resources that traces could be restricted to.")
        location = self._locate(function, packaging.bundles)
        # The higher-level construct would add a dependency on the role that the reference to it already is.
        self.function = aws_lambda.CfnFunction(
            self,
            "Function",
            function_name=function_name(function),
            description=f"The function {function.value} of the transaction platform.",
            runtime=f"python{bundle.LAMBDA_PYTHON}",
            architectures=[bundle.LAMBDA_ARCHITECTURE],
            handler=bundle.handler_path(function),
            code=aws_lambda.CfnFunction.CodeProperty(s3_bucket=location.bucket_name, s3_key=location.object_key),
            role=self.role.role_arn,
            timeout=timeout.to_seconds(),
            memory_size=memory_mib,
            environment=aws_lambda.CfnFunction.EnvironmentProperty(variables=function_environment(function, settings)),
            logging_config=aws_lambda.CfnFunction.LoggingConfigProperty(
                log_format="JSON", log_group=log_group.log_group_name
            ),
            tracing_config=aws_lambda.CfnFunction.TracingConfigProperty(mode="Active"),
        )
        acknowledge(
            self.function,
            "L1",
            "The bundles are pinned for this version of Python; a newer runtime comes with new pins, not by itself.",
        )

    def _locate(self, function: Function, bundles: Bundles) -> FileAssetLocation:
        # Not Code.from_asset, which would hash the name once more: the key in the template is the bundle's own name.
        return Stack.of(self).synthesizer.add_file_asset(
            source_hash=bundles.name(function),
            file_name=str(bundles.folder / function.value),
            packaging=FileAssetPackaging.ZIP_DIRECTORY,
            display_name=function_name(function),
        )


def _trace() -> aws_iam.PolicyStatement:
    """Allow what Lambda's own daemon does with the segments of a function."""
    return allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])


def _write_log(log_group: aws_logs.LogGroup) -> aws_iam.PolicyStatement:
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.log_group_arn])
