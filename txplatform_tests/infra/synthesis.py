"""Synthesises the data plane for entities that have no contract."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra import bundle
from infra.app import SingleStackSynthesizer
from infra.constructs.function import Bundles
from infra.environments import PRODUCTION, Environment
from infra.stacks.data_plane import DataPlaneStack
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.render.dynamodb import SecondaryIndex

# These list entities or source systems, and are updated in place.
LISTS = (
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolResourceServer",
    "AWS::Lambda::Function",
    "AWS::Scheduler::Schedule",
)


def synthesise(
    entities: list[str],
    outdir: Path,
    environment: Environment = PRODUCTION,
    indexes: Sequence[SecondaryIndex] = (),
    systems: Sequence[SourceSystem] = (),
) -> dict[str, Any]:
    """The resources of a stack of these entities, by logical id; each has these indexes. No system but these."""
    app = App(outdir=str(outdir), analytics_reporting=False)
    DataPlaneStack(
        app,
        "stack",
        environment=environment,
        entities=entities,
        indexes=dict.fromkeys(entities, indexes),
        systems=systems,
        bundles=Bundles(outdir, bundle.stable_name),
        synthesizer=SingleStackSynthesizer(),
    )
    return app.synth().get_stack_by_name("stack").template["Resources"]


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the template's resources of one type, by logical id."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def named(template: dict[str, Any], kind: str, key: str, name: str) -> tuple[str, dict[str, Any]]:
    """The one resource of a type whose property `key` is this name: its logical id and its properties."""
    (found,) = [item for item in of_type(template, kind).items() if item[1].get(key) == name]
    return found


def mapping_of(template: dict[str, Any], source: str) -> dict[str, Any]:
    """The properties of the one event-source mapping that reads from this resource."""
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    (found,) = [item for item in mappings if item["EventSourceArn"]["Fn::GetAtt"][0] == source]
    return found
