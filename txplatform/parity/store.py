"""Reads an entity's DynamoDB table, strongly consistent: all of it page by page in parallel segments, or some keys.

Pages are taken as the JSON that DynamoDB sends: botocore's parser would take most of the comparison's time, and adds
nothing to attributes that are texts already.
"""

import json
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import PROVENANCE
from txplatform.errors import ParityError
from txplatform.parity.canonical import Item

KEY = "pk"
VERSION = "_version"
WRITTEN_AT = "_written_at"
DELETED = "_deleted"
SYSTEM = frozenset((KEY, VERSION, WRITTEN_AT, DELETED, *PROVENANCE, "_expires_at"))

Page = Sequence[Item]

_PAGES_AHEAD = 4  # of 1 MB each, read while one is compared
_READ_PAGE = 100  # keys of one BatchGetItem
_PAYLOAD = "txplatform_page"


class StoreSide:
    """One entity's operational table. Raises ParityError when it cannot be read."""

    def __init__(self, contract: Contract, clients: "AwsClients", segments: int = 4) -> None:
        self._table = names.entity_table(contract.name)
        self._clients = AwsClients(clients.settings)  # of its own: the answers to its calls are not parsed
        self._segments = segments
        self._client: Any = self._clients.client("dynamodb")
        for operation in ("Scan", "BatchGetItem"):
            self._client.meta.events.register(f"before-parse.dynamodb.{operation}", _take_json)

    def size(self) -> int:
        """About how many items the table has: DynamoDB counts them every six hours."""
        with self._translated():
            answer = self._client.describe_table(TableName=self._table)
        return answer["Table"].get("ItemCount", 0)

    def pages(self) -> Iterator[Page]:
        """All items, a page at a time, as parallel segments deliver them; what is ahead is a few pages."""
        pages: queue.Queue[Page | BaseException | None] = queue.Queue(_PAGES_AHEAD)
        stop = threading.Event()

        def put(page: Page | BaseException | None) -> None:
            while not stop.is_set():
                with suppress(queue.Full):
                    pages.put(page, timeout=0.5)
                    return

        def read(segment: int) -> None:
            try:
                for page in self._segment(segment):
                    put(page)
                    if stop.is_set():
                        return
            except Exception as error:  # noqa: BLE001 # raised again by the thread that takes the pages
                put(error)
            else:
                put(None)

        threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(self._segments)]
        for thread in threads:
            thread.start()
        try:
            unfinished = len(threads)
            while unfinished:
                page = pages.get()
                if page is None:
                    unfinished -= 1
                elif isinstance(page, BaseException):
                    raise page
                else:
                    yield page
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def items(self, keys: Iterable[str]) -> dict[str, Item]:
        """The items of these record keys as they are now, tombstones included; keys without an item are left out."""
        found: dict[str, Item] = {}
        left = iter(keys)
        while some := list(islice(left, _READ_PAGE)):
            request: dict[str, Any] = {
                self._table: {"Keys": [{KEY: {"S": key}} for key in some], "ConsistentRead": True}
            }
            while request:
                with self._translated():
                    answer = self._client.batch_get_item(RequestItems=request)[_PAYLOAD]
                found |= {item[KEY]["S"]: item for item in answer["Responses"].get(self._table, ())}
                request = answer.get("UnprocessedKeys", {})
        return found

    def _segment(self, number: int) -> Iterator[Page]:
        start: dict[str, Any] = {}
        while True:
            with self._translated():
                answer = self._client.scan(
                    TableName=self._table,
                    ConsistentRead=True,
                    Segment=number,
                    TotalSegments=self._segments,
                    **start,
                )[_PAYLOAD]
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._clients.translate_errors():
                yield
        except ClientError as error:
            problem = error.response.get("Error", {}).get("Message", str(error))
            raise ParityError(f"table {self._table} could not be read: {problem}") from error


def is_live(item: Item | None) -> bool:
    """Whether it is a record: neither absent nor a tombstone."""
    return item is not None and not item.get(DELETED, {}).get("BOOL", False)


def _take_json(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Keep the answer's JSON as it is, and leave nothing of it to be parsed; errors are parsed as ever."""
    if response_dict["status_code"] == 200:
        customized_response_dict[_PAYLOAD] = json.loads(response_dict["body"])
        response_dict["body"] = b"{}"
