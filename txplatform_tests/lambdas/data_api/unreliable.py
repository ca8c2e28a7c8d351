"""DynamoDB as a function sees it that may die at any call: one call at a time, and a note of every write that took."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from txplatform.contracts import names


class Died(BaseException):
    """The function's sandbox is gone; nothing of the function catches it."""


class Unreliable:
    """A client for tests with threads: moto alone does not keep their calls apart, as DynamoDB does.

    `dies` is asked before and after each call, with "before" or "after" and the name of the call, whether the function
    dies there. `written` counts, by key, the writes of records that took effect.
    """

    def __init__(self, dynamodb: Any, dies: Callable[[str, str], bool] = lambda *_: False) -> None:
        self._dynamodb = dynamodb
        self._lock = threading.RLock()
        self.dies = dies
        self.written: Counter[str] = Counter()

    def get_item(self, **arguments: Any) -> Any:
        return self._call("get_item", arguments, [])

    def scan(self, **arguments: Any) -> Any:
        return self._call("scan", arguments, [])

    def put_item(self, **arguments: Any) -> Any:
        return self._call("put_item", arguments, [arguments])

    def transact_write_items(self, **arguments: Any) -> Any:
        return self._call("transact_write_items", arguments, [item["Put"] for item in arguments["TransactItems"]])

    def _call(self, operation: str, arguments: dict[str, Any], puts: list[Any]) -> Any:
        if self.dies("before", operation):
            raise Died
        with self._lock:
            answer = getattr(self._dynamodb, operation)(**arguments)
            records = [put["Item"]["pk"]["S"] for put in puts if put["TableName"] == names.entity_table("payments")]
            self.written.update(records)
        if self.dies("after", operation):
            raise Died
        return answer
