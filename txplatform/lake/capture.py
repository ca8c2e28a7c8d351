"""Calls the function `cdc` with what did not come by a stream, so that one program writes all change records."""

import base64
import json
from typing import Any, cast

from botocore.exceptions import ClientError

from txplatform.aws import AwsClients
from txplatform.contracts.names import Function, function_name
from txplatform.errors import InvocationError

MOST_BYTES = 4 << 20  # of an event: Lambda takes 6 MiB
_LONGEST_SECONDS = 90  # the function has 60


def capture(clients: AwsClients, event: dict[str, Any]) -> dict[str, Any]:
    """Run the function on an event and return its answer; raise InvocationError when it fails or cannot be called.

    The same event a second time writes nothing new: an object that exists is left as it is.
    """
    name = function_name(Function.CDC)
    awslambda = clients.client("lambda", read_timeout=_LONGEST_SECONDS)
    try:
        with clients.translate_errors():
            answer = awslambda.invoke(FunctionName=name, Payload=to_json(event))
            content = answer["Payload"].read()
    except ClientError as error:
        raise InvocationError(f"{name} could not be called: {error}. Remedy: check the permissions") from error
    document: Any = json.loads(content)
    if "FunctionError" in answer:
        reason = f"{document.get('errorType')}: {document.get('errorMessage')}"
        raise InvocationError(f"{name} failed: {reason}. Remedy: look into its log, then repeat the command")
    return document


def to_json(document: Any) -> bytes:
    """The document as Lambda passes it to a function: binary attributes in base 64, as in a stream's record."""
    return json.dumps(document, default=_in_base64, separators=(",", ":")).encode()


def _in_base64(value: object) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, set):
        return sorted(cast("set[str]", value))
    raise TypeError(f"{type(value).__name__} has no form in JSON")
