"""Functions called as Lambda calls them, over tables in this process that answer at once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

from lambdas.data_api.settings import Settings
from lambdas.shared.settings import environment_names
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Function
from txplatform.contracts.render.registry import registry_document

ROOT = Path(__file__).parents[3]
# What the authorizer says of a client that may do everything with payments, for ever.
GRANTED = {"client_id": "bench", "scope": " ".join(names.scopes("payments")), "expires_at": 4_102_444_800}
_IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "bench", "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
_INIT = """
import importlib, sys, time
begun = time.process_time()
importlib.import_module(sys.argv[1])
print(time.process_time() - begun)
"""
_NAMED = {"TXP_REGISTRY_TABLE": names.REGISTRY_TABLE, "TXP_TABLE": names.entity_table(names.ENTITY_SLOT)}
DATA_API = {name: _NAMED.get(name, "30") for name in environment_names(Settings)}  # the others name what is not called


class InstantTables:
    """DynamoDB's client where an answer takes no time: what is put is there, and every condition holds."""

    def __init__(self, contract: Contract) -> None:
        document = json.dumps(registry_document(contract))
        self._schema = {"version": {"S": contract.version}, "document": {"S": document}}
        self._items: dict[str, dict[str, Any]] = {}

    def get_item(self, TableName: str, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        if TableName == names.REGISTRY_TABLE:
            return {"Item": self._schema}
        item = self._items.get(Key["pk"]["S"])
        return {} if item is None else {"Item": item}

    def put_item(self, Item: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self._items[Item["pk"]["S"]] = Item
        return {}


class Context:
    """Lambda's context of an invocation."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id = "7d9a8f3e-5c0d-4f5e-9d0a-1f2e3d4c5b6a"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@contextmanager
def running(function: Function, variables: Mapping[str, str], client: Any = None) -> Iterator[Any]:
    """Load a function under its variables and yield its handler; `client` answers for every AWS service.

    What it logs goes nowhere, and costs what it costs.
    """
    with patch.dict(os.environ, variables), ExitStack() as stack:
        nowhere = stack.enter_context(Path(os.devnull).open("w"))
        stack.enter_context(redirect_stdout(nowhere))
        module = import_module(f"lambdas.{function.value}.handler")
        for handler in module.log.handlers:  # which hold the stream that was there when they were made
            if (before := handler.setStream(nowhere)) is not None:
                stack.callback(handler.setStream, before)
        if client is not None:
            stack.enter_context(patch.object(module, "client", lambda _service: client))
        yield module.handler


def init_seconds(function: Function, variables: Mapping[str, str]) -> float:
    """What a new container computes before its first request: imports, settings and clients, in seconds of CPU."""
    command = [sys.executable, "-c", _INIT, f"lambdas.{function.value}.handler"]
    environment = {**_IN_LAMBDA, **variables, "PYTHONPATH": str(ROOT)}
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
