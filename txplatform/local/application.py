"""What the local AWS is given of an application: its template, its functions' code, and what happens around both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from txplatform.local.clients import LocalClients
from txplatform.local.deploy.deployment import Deployment
from txplatform.local.entra import EntraTenant


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed application before its functions run. `gateway_url` is where its HTTP API will answer."""

    client: LocalClients
    deployment: Deployment
    gateway_url: str


def seed_nothing(deployed: Deployed) -> None:
    """Leave the deployed resources as they are."""


def add_no_variables(deployed: Deployed) -> Mapping[str, str]:
    """Give users of the stack no variables besides those that lead AWS clients to it."""
    return {}


def leave_defaults(gateway_url: str) -> Mapping[str, str]:
    """Give the template's parameters no values of their own."""
    return {}


@dataclass(frozen=True, slots=True)
class Application:
    """A CDK application to run locally.

    `name` is the name of its stack, and `template` the synthesised CloudFormation template. `read_bundle` returns the
    zip of an asset, given the object key by which the template calls it, and raises LocalStackError for a key that it
    does not know. It is called when the stack starts, so an edit of a function needs no synthesis to be tried.
    `seed` writes what the functions expect to find, and `make_environment` returns the variables that users of the
    stack need besides those of AWS; both run once, after the deployment and before the functions.
    `static_prefixes` maps prefixes of object keys, which the gateway serves under the same paths, to the outputs that
    name their buckets: {"site": "PagesBucket"} serves `site/index.html` of that bucket at `/site/index.html`.
    `entra_tenant` is served by the gateway, and `make_parameters` gives values to the template's parameters, such as
    the address of that tenant's keys, from the gateway's URL.
    """

    name: str
    template: Mapping[str, Any]
    read_bundle: Callable[[str], bytes]
    seed: Callable[[Deployed], None] = seed_nothing
    make_environment: Callable[[Deployed], Mapping[str, str]] = add_no_variables
    static_prefixes: Mapping[str, str] = field(default_factory=dict)
    entra_tenant: EntraTenant | None = None
    make_parameters: Callable[[str], Mapping[str, str]] = leave_defaults
