"""Composition root of `webhook`: an HTTP API event (payload 2.0) in, an HTTP answer out.

It answers with success only after SQS has taken the body. A request that it has answered otherwise is in no queue, and
whoever sent it sends it again: so systems do, and a replay changes nothing.
"""

import time
from collections import Counter
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared import correlation
from lambdas.shared.aws import client
from lambdas.shared.errors import FunctionError
from lambdas.shared.initialization import made_at_init
from lambdas.shared.logging import correlated, logger
from lambdas.shared.metrics import Metrics
from lambdas.shared.remaining_time import limited_to
from lambdas.shared.settings import load
from lambdas.webhook.adapters import Queues, Secrets
from lambdas.webhook.core import Post, accepted, message_text, read_post, read_system, refused
from lambdas.webhook.errors import NoSuchSystemError, Unverified, UnverifiedError, WebhookError
from lambdas.webhook.settings import Settings
from lambdas.webhook.signatures import check_time, read_signature
from lambdas.webhook.webhooks import read_webhooks

log = logger("webhook")


class WebhookDoor:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._webhooks = read_webhooks(settings.webhooks)
        self._secrets = Secrets(client("secretsmanager"), settings.secret)
        self._queues = Queues(client("sqs"), settings.queue_url)
        self._metrics = Metrics(settings.metric_namespace, "System")

    def process(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one request, under its correlation id, and count it by its system."""
        correlation_id = correlation.of_request(event)
        with correlated(log, correlation_id):
            system = read_system(event)
            if system not in self._webhooks:
                return refused(NoSuchSystemError("no source system of that name posts here"), correlation_id)
            with self._metrics.counting() as counts:
                counts[system] = Counter()
                try:
                    post = read_post(event, system)
                    self._verify(post)
                    self._queues.send(system, message_text(post.body), correlation_id)
                except FunctionError as error:
                    counts[system][_counted(error)] += 1
                    reason = {"reason": str(error), "code": error.code, "system": system}
                    (log.warning if isinstance(error, WebhookError) else log.error)("not taken", extra=reason)
                    return refused(error, correlation_id)
                counts[system]["WebhooksAccepted"] += 1
                return accepted(correlation_id)

    def _verify(self, post: Post) -> None:
        """Raise UnverifiedError for a request that the system did not sign, or not now; SecretUnavailableError."""
        webhook = self._webhooks[post.system]
        signature = read_signature(webhook, post.headers)
        secrets = self._secrets.current(post.system)
        if not signature.matches(post.body, secrets) and not signature.matches(
            post.body, self._secrets.newer(post.system, secrets)
        ):
            raise UnverifiedError(Unverified.MISMATCH)
        check_time(webhook, signature, time.time())


def _counted(error: FunctionError) -> str:
    """The metric under which a request that was not taken is counted."""
    if isinstance(error, UnverifiedError):
        return "WebhooksUnverified"
    return "WebhooksRefused" if isinstance(error, WebhookError) else "WebhooksFailed"


@made_at_init
@cache
def _webhook() -> WebhookDoor:
    return WebhookDoor(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    with limited_to(context.get_remaining_time_in_millis()):
        return _webhook().process(event)
