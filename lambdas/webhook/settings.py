"""What `webhook` reads from its environment. Names with `{system}` are patterns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """`webhooks` is JSON: by source system, how it signs. `secret` names the secret with which it does."""

    webhooks: str
    queue_url: str
    secret: str
    metric_namespace: str
