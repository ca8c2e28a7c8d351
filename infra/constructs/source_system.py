"""What a source system brings of its own: its inbound queue with dead letters, and the secret of its webhooks."""

from dataclasses import dataclass

from aws_cdk import aws_secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.queue import QueueConstruct
from txplatform.contracts import names
from txplatform.contracts.mapping.model import SourceSystem


@dataclass(frozen=True, slots=True)
class SystemResources:
    """The resources of one source system. `secret` is None for one that posts no webhooks."""

    system: SourceSystem
    inbound: QueueConstruct
    secret: aws_secretsmanager.CfnSecret | None

    @property
    def name(self) -> str:
        return self.system.name


def webhook_secret(scope: Construct, system: SourceSystem) -> aws_secretsmanager.CfnSecret | None:
    """Add the secret of a system that posts webhooks. It has no value until whoever operates the stack gives it one."""
    if system.webhook is None:
        return None
    secret = aws_secretsmanager.CfnSecret(
        scope,
        f"WebhookSecret-{system.name}",
        name=names.webhook_secret(system.name),
        description=f"What {system.name} signs its webhooks with: a JSON list of secrets, all of which hold.",
    )
    acknowledge(secret, "SMG4", "The source system issues it; it rotates by listing the new secret beside the old one.")
    return secret
