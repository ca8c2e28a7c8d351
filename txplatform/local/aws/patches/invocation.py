"""moto invokes Lambda functions itself, in Docker, inside SendMessage and PutItem as soon as a mapping exists.

Without Docker that uses up receives and wipes streams. The runtime of the local stack drives the handlers instead.
"""

from typing import Any

from moto.awslambda.models import LambdaBackend


def _leave_to_the_runtime(*_args: Any, **_kwargs: Any) -> bool:
    return False


def apply() -> None:
    LambdaBackend.send_sqs_batch = _leave_to_the_runtime  # type: ignore[method-assign]
    LambdaBackend.send_dynamodb_items = _leave_to_the_runtime  # type: ignore[method-assign]
