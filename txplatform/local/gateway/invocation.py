"""Lambda's Invoke, as the AWS process hands it on: runs a function and says what became of it.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from txplatform.local.aws.invocations import INVOCATION
from txplatform.local.functions import Outcome
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response, json_response


class Invocation:
    """Answers requests that `serves` says; `invoke` runs a function, given its ARN and an event."""

    def __init__(self, invoke: Callable[[str, Any], Outcome], arn_of: Callable[[str], str | None]) -> None:
        self._invoke = invoke
        self._arn_of = arn_of

    def serves(self, request: Request) -> bool:
        """Whether a request is one of Lambda."""
        return INVOCATION.fullmatch(request.raw_path) is not None

    def answer(self, request: Request) -> Response:
        """Run the function that the path names, and wait for it."""
        match = INVOCATION.fullmatch(request.raw_path)
        assert match is not None
        name = unquote(match["function"])
        arn = self._arn_of(name)
        if arn is None:
            return _refused(404, "ResourceNotFoundException", f"Function not found: {name}")
        try:
            event = json.loads(request.body or b"{}")
        except ValueError as error:
            return _refused(400, "InvalidRequestContentException", f"Could not parse request body into json: {error}")
        if request.headers.get("x-amz-invocation-type", "RequestResponse") != "RequestResponse":
            message = "functions are invoked here with invocation type RequestResponse alone"
            return _refused(400, "InvalidParameterValueException", message)
        outcome = self._invoke(arn, event)
        version = ("X-Amz-Executed-Version", "$LATEST")
        if outcome.error:
            return json_response(200, outcome.error, version, ("X-Amz-Function-Error", "Unhandled"))
        return json_response(200, outcome.payload, version)


def _refused(status: int, kind: str, message: str) -> Response:
    return json_response(status, {"Type": "User", "Message": message}, ("X-Amzn-ErrorType", kind))
