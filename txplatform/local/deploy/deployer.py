"""Creates a template's resources in order, each by the handler of its type."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.local.deploy.addresses import Addresses
from txplatform.local.deploy.assets import AssetStore
from txplatform.local.deploy.deployment import Deployment
from txplatform.local.deploy.intrinsics import Resolver
from txplatform.local.deploy.order import creation_order
from txplatform.local.deploy.parameters import parameter_values
from txplatform.local.deploy.resource import Context, Created, Properties
from txplatform.local.deploy.services import HANDLERS
from txplatform.local.errors import LocalStackError

_TEMPLATE_SECTIONS = {"AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Parameters", "Resources"}
# What becomes of a resource when its stack is deleted means nothing to a stack that ends with its process.
_RESOURCE_SECTIONS = {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}


def deploy(
    stack_name: str,
    template: Mapping[str, Any],
    read_bundle: Callable[[str], bytes],
    client: Callable[[str], Any],
    addresses: Addresses,
    code_root: Path,
    parameters: Mapping[str, str] = MappingProxyType({}),
) -> Deployment:
    """Create everything that a template asks for; raise LocalStackError for whatever cannot be created in full.

    `read_bundle` returns the zip of the asset that the template calls by an object key, and `code_root` is where
    functions are unpacked. `addresses` says where the hosts that AWS gives to APIs and user pools are locally.
    `parameters` are those of the template's parameters that are not to have their defaults.
    """
    _refuse_unknown("the template", template, _TEMPLATE_SECTIONS)
    resources, outputs = template["Resources"], template.get("Outputs", {})
    region = client("s3").meta.region_name
    account = client("sts").get_caller_identity()["Account"]
    values = parameter_values(template.get("Parameters", {}), parameters)
    resolver = Resolver(_pseudo_parameters(stack_name, account, region) | values, addresses.localise)
    context = Context(client, account, region, stack_name, AssetStore(read_bundle, client("s3"), code_root))
    physical_ids: dict[str, str] = {}
    for logical_id in creation_order(resources):
        created = _create(context, resolver, logical_id, resources[logical_id])
        resolver.add(logical_id, created)
        physical_ids[logical_id] = created.ref
    return Deployment(
        outputs={name: str(resolver.resolve(output["Value"])) for name, output in outputs.items()},
        resource_types={logical_id: resources[logical_id]["Type"] for logical_id in physical_ids},
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


def _refuse_unknown(where: str, document: Mapping[str, Any], known: set[str]) -> None:
    unknown = document.keys() - known
    if unknown:
        raise LocalStackError(f"{where}: the deployer does not handle {', '.join(sorted(unknown))}")


def _pseudo_parameters(stack_name: str, account: str, region: str) -> dict[str, str]:
    return {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::Partition": "aws",
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }
