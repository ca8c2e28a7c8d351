"""The HTTP side of the local AWS: the deployed API behind its authorizer, the token endpoint and the dashboards."""

from txplatform.local.gateway.application import Gateway
from txplatform.local.gateway.server import GatewayServer, bind

__all__ = ["Gateway", "GatewayServer", "bind"]
