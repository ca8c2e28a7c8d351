"""Deploys a synthesised template through boto3, resource by resource, as CloudFormation would.

moto's own CloudFormation skips types it does not know and loses properties of those it does; this deployer refuses
whatever it cannot create in full.
"""

from txplatform.local.deploy.addresses import Addresses
from txplatform.local.deploy.deployer import deploy
from txplatform.local.deploy.deployment import Deployment, FunctionSpec

__all__ = ["Addresses", "Deployment", "FunctionSpec", "deploy"]
