"""What `source` reads from its environment. Names with `{entity}` or `{system}` are patterns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """`api_url` has no trailing path; `client_secret_arn` names a secret {"client_id", "client_secret"}.

    `record_wait_seconds` is how long a partial update stays in its queue while its record is not there.
    """

    inbound_queue: str
    dead_letter_queue_url: str
    source_queue: str
    source_dead_letter_queue_url: str
    registry_table: str
    alerts_topic_arn: str
    metric_namespace: str
    api_url: str
    token_url: str
    client_secret_arn: str
    scope: str
    record_wait_seconds: int
