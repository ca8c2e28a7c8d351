"""A Lambda function of ours: bundle, role, log group and an environment that matches its settings class."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import (
    Duration,
    FileAssetPackaging,
    RemovalPolicy,
    Stack,
    aws_iam,
    aws_lambda,
    aws_logs,
    aws_s3,
)
from constructs import Construct

from infra import bundle
from infra.constructs.permissions import allow
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
            f"Remedy: pass exactly its fields in infra/stacks/data_plane.py"
        )
    return rendered


class FunctionConstruct(Construct):
    """One function with a role of its own: it may write its log, and what `statements` allow."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        function: Function,
        environment: Environment,
        *,
        bundles: Path,
        timeout: Duration,
        memory_mib: int,
        settings: Mapping[str, str],
        statements: Sequence[aws_iam.PolicyStatement] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = aws_logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{function_name(function)}",
            retention=environment.log_retention,
            removal_policy=RemovalPolicy.RETAIN if environment.retain_data else RemovalPolicy.DESTROY,
        )
        role = aws_iam.Role(
            self,
            "Role",
            assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={
                "logs": aws_iam.PolicyDocument(
                    statements=[allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.log_group_arn])]
                ),
                **({"work": aws_iam.PolicyDocument(statements=list(statements))} if statements else {}),
            },
        )
        self.function = aws_lambda.Function(
            self,
            "Function",
            function_name=function_name(function),
            description=f"The function {function.value} of the transaction platform.",
            runtime=aws_lambda.Runtime.PYTHON_3_13,
            architecture=aws_lambda.Architecture.ARM_64,
            handler=bundle.handler_path(function),
            code=self._code(function, bundles),
            role=role,
            timeout=timeout,
            memory_size=memory_mib,
            environment=function_environment(function, settings),
            log_group=log_group,
            logging_format=aws_lambda.LoggingFormat.JSON,
        )
        self.role = role

    def _code(self, function: Function, bundles: Path) -> aws_lambda.Code:
        # Not Code.from_asset, which hashes our hash once more: the key in the template is the hash of `infra.bundle`.
        location = Stack.of(self).synthesizer.add_file_asset(
            source_hash=bundle.asset_hash(function),
            file_name=str(bundles / function.value),
            packaging=FileAssetPackaging.ZIP_DIRECTORY,
            display_name=function_name(function),
        )
        bucket = aws_s3.Bucket.from_bucket_name(self, "Assets", location.bucket_name)
        return aws_lambda.Code.from_bucket_v2(bucket, location.object_key)
