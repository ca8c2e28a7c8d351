"""The platform on this machine: its template, functions, contracts and settings, given to the local AWS.

It is the one module that knows both sides. The command line, the demo and the tests start the platform here.
"""

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from infra import bundle, committed
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.names import DASHBOARDS_PREFIX, inbound_queue, scopes, source_queue, webhook_secret
from txplatform.contracts.render.mapping import publish_mapping
from txplatform.contracts.render.publication import publish_openapi
from txplatform.contracts.render.registry import publish
from txplatform.errors import ConfigurationError
from txplatform.local.application import Application, Deployed
from txplatform.local.entra import EntraTenant
from txplatform.local.errors import LocalStackError
from txplatform.local.stack import LocalStack
from txplatform.settings import CONTRACTS_DIR, FURTHER_ISSUERS, STACK_OUTPUTS, TOKEN_URL

logger = logging.getLogger(__name__)


def start_platform(
    state_dir: Path,
    port: int = 0,
    progress: Callable[[str], None] = logger.info,
    folder: Path | None = None,
) -> LocalStack:
    """Start the platform on a local AWS, with its contracts published; raise LocalStackError or PlatformError.

    `port` is the API's, 0 takes a free one. `progress` is called with each step in words. The contracts are those of
    the folder, by default the shipped ones.
    """
    return LocalStack.start(platform_application(progress, folder), state_dir, port, progress)


def platform_application(progress: Callable[[str], None] = logger.info, folder: Path | None = None) -> Application:
    """Return the platform as the local AWS takes it: the committed template, and functions from their sources.

    Raise ConfigurationError where the template of the folder lacks an entity or a source system of it.
    """
    folder = None if folder is None else folder.resolve()
    contracts = load_contracts(folder)
    systems = load_systems(contracts, folder)
    template = committed.load_template(folder)
    _check_queues(template, [*map(inbound_queue, contracts), *map(source_queue, systems)], folder)
    chosen = {} if folder is None else {CONTRACTS_DIR.variable: str(folder)}
    tenant = EntraTenant.generate([scope for name in contracts for scope in scopes(name)])

    def publish_contracts(deployed: Deployed) -> None:
        progress(f"Publishing the contracts of {', '.join(contracts)}")
        for contract in contracts.values():
            publish(deployed.client("dynamodb"), contract)
        outputs = deployed.deployment.outputs
        publish_openapi(
            deployed.client("dynamodb"), contracts, outputs[TOKEN_URL.output], outputs[FURTHER_ISSUERS.output]
        )
        for system in systems.values():
            publish_mapping(deployed.client("dynamodb"), system)
            if system.webhook is not None:
                _sign_webhooks(deployed, system.name)

    return Application(
        name=committed.STACK_NAME,
        template=template,
        read_bundle=read_bundle,
        seed=publish_contracts,
        make_environment=lambda deployed: (
            _environment(deployed) | _entra_environment(deployed.gateway_url, tenant) | chosen
        ),
        static_prefixes={DASHBOARDS_PREFIX: "LakeBucket"},
        entra_tenant=tenant,
        make_parameters=lambda gateway_url: {"FurtherIssuers": json.dumps([_issuer(gateway_url, tenant)])},
    )


def _check_queues(template: Mapping[str, Any], queues: Iterable[str], folder: Path | None) -> None:
    """Raise ConfigurationError where the template lacks a queue that contracts and source systems have."""
    there = {resource.get("Properties", {}).get("QueueName") for resource in template["Resources"].values()}
    lacking = [queue for queue in queues if queue not in there]
    if lacking:
        place = committed.template_path(folder)
        problem = f"the template has no queue {', '.join(lacking)}: it is older than the contracts"
        raise ConfigurationError(f"{place}: {problem}. Remedy: {committed.synthesis(folder)}")


def read_bundle(key: str) -> bytes:
    """Zip a function's sources as they are now; raise LocalStackError for a key that names no function."""
    try:
        return bundle.zip_sources(bundle.function_of_asset(key))
    except ConfigurationError as error:
        raise LocalStackError(f"local stack: {error}") from error


def _issuer(gateway_url: str, tenant: EntraTenant) -> Mapping[str, Any]:
    """The tenant as the authorizer is configured with it: the name of an issuer at Entra ID, keys of this machine."""
    return {
        "kind": "entra",
        "issuer": tenant.issuer,
        "jwks_url": tenant.key_set_url(gateway_url),
        "audiences": [tenant.audience],
        "client_ids": [tenant.client_id],
    }


def _entra_environment(gateway_url: str, tenant: EntraTenant) -> dict[str, str]:
    return {
        "TXP_ENTRA_TOKEN_URL": tenant.token_url(gateway_url),
        "TXP_ENTRA_SCOPE": tenant.scope,
        "TXP_ENTRA_CLIENT_ID": tenant.client_id,
        "TXP_ENTRA_CLIENT_SECRET": tenant.client_secret,
    }


def _sign_webhooks(deployed: Deployed, system: str) -> None:
    """Give the secret of a system's webhooks a value, made now and known to this machine alone."""
    value = json.dumps([secrets.token_urlsafe(32)])
    deployed.client("secretsmanager").put_secret_value(SecretId=webhook_secret(system), SecretString=value)


def _environment(deployed: Deployed) -> dict[str, str]:
    outputs = deployed.deployment.outputs
    answer = deployed.client("secretsmanager").get_secret_value(SecretId=outputs["MachineClientSecretArn"])
    credentials = json.loads(answer["SecretString"])
    return {
        **{variable: outputs[output] for variable, output in STACK_OUTPUTS.items()},
        "TXP_DASHBOARDS_URL": f"{deployed.gateway_url}/{DASHBOARDS_PREFIX}",
        "TXP_CLIENT_ID": credentials["client_id"],
        "TXP_CLIENT_SECRET": credentials["client_secret"],
    }
