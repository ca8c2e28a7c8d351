"""Deploys the committed data-plane template through boto3, resource by resource, as CloudFormation would.

moto's own CloudFormation skips types it does not know and loses properties of those it does; this deployer refuses
whatever it cannot create in full.
"""

from txplatform.local.deploy.deployer import deploy, load_template
from txplatform.local.deploy.deployment import Deployment, FunctionSpec

__all__ = ["Deployment", "FunctionSpec", "deploy", "load_template"]
