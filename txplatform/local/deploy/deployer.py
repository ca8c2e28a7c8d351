"""Creates a template's resources in order, each by the handler of its type."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.bundle import TEMPLATES
from txplatform.local.deploy.assets import AssetStore
from txplatform.local.deploy.deployment import Deployment
from txplatform.local.deploy.intrinsics import Resolver
from txplatform.local.deploy.order import creation_order
from txplatform.local.deploy.resource import Context, Created, Properties
from txplatform.local.deploy.services import HANDLERS
from txplatform.local.errors import LocalStackError

STACK_NAME = "txplatform-data-plane"

_TEMPLATE_SECTIONS = {"AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Resources"}
# What becomes of a resource when its stack is deleted means nothing to a stack that ends with its process.
_RESOURCE_SECTIONS = {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}


def load_template() -> tuple[dict[str, Any], dict[str, str]]:
    """Read the committed data-plane template, and which function each of its asset hashes belongs to."""
    template = json.loads((TEMPLATES / "data-plane.template.json").read_text(encoding="utf-8"))
    assets = json.loads((TEMPLATES / "assets.json").read_text(encoding="utf-8"))
    return template, assets


def deploy(
    template: Mapping[str, Any],
    assets: Mapping[str, str],
    client: Callable[[str], Any],
    overrides: Mapping[str, str],
    code_root: Path,
) -> Deployment:
    """Create everything that a template asks for; raise LocalStackError for whatever cannot be created in full.

    `overrides` maps names of outputs to values: wherever the template uses the expression of such an output, in the
    environment of a function too, it takes the value instead. A value may mention other outputs: `{UserPoolId}`.
    `code_root` is where functions are unpacked.
    """
    _refuse_unknown("the template", template, _TEMPLATE_SECTIONS)
    resources, outputs = template["Resources"], template.get("Outputs", {})
    region = client("s3").meta.region_name
    account = client("sts").get_caller_identity()["Account"]
    resolver = Resolver(_pseudo_parameters(account, region))
    for name, value in overrides.items():
        _refuse_unknown("the overrides", {name: value}, set(outputs))
        resolver.override(outputs[name]["Value"], _expression(value, outputs, overrides))
    context = Context(client, account, region, STACK_NAME, AssetStore(assets, client("s3"), code_root))
    physical_ids: dict[str, str] = {}
    for logical_id in creation_order(resources):
        created = _create(context, resolver, logical_id, resources[logical_id])
        resolver.add(logical_id, created)
        physical_ids[logical_id] = created.ref
    return Deployment(
        outputs={name: str(resolver.resolve(output["Value"])) for name, output in outputs.items()},
        physical_ids=physical_ids,
        functions=context.functions,
    )


def _create(context: Context, resolver: Resolver, logical_id: str, resource: Mapping[str, Any]) -> Created:
    where = f"{logical_id} ({resource['Type']})"
    _refuse_unknown(where, resource, _RESOURCE_SECTIONS)
    handler = HANDLERS.get(resource["Type"])
    if handler is None:
        raise LocalStackError(
            f"{where}: the deployer has no handler for this type. Remedy: add one under deploy/services"
        )
    properties = Properties(where, resolver.resolve(resource.get("Properties", {})))
    try:
        created = handler(context, logical_id, properties)
    except (BotoCoreError, ClientError) as error:
        raise LocalStackError(f"{where}: {error}") from error
    properties.finish()
    return created


def _expression(text: str, outputs: Mapping[str, Any], overrides: Mapping[str, str]) -> dict[str, Any]:
    parts: list[Any] = []
    for literal, name, _, _ in Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            _refuse_unknown(f"the override {text}", {name: None}, outputs.keys() - overrides.keys())
            parts.append(outputs[name]["Value"])
    return {"Fn::Join": ["", parts]}


def _refuse_unknown(where: str, document: Mapping[str, Any], known: set[str]) -> None:
    unknown = document.keys() - known
    if unknown:
        raise LocalStackError(f"{where}: the deployer does not handle {', '.join(sorted(unknown))}")


def _pseudo_parameters(account: str, region: str) -> dict[str, str]:
    return {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::Partition": "aws",
        "AWS::StackName": STACK_NAME,
        "AWS::URLSuffix": "amazonaws.com",
    }
