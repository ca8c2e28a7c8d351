"""DynamoDB as a process of its own that answers fast: the table of one bench, in memory, over the real protocol.

The local AWS copies every item that it answers with, which would be most of what a bench of a million items measures.
It knows Scan in segments, BatchGetItem, PutItem, DeleteItem and DescribeTable, of one table, whatever its name.
"""

import json
import sys
import zlib
from bisect import bisect_right, insort
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

_PAGE_BYTES = 1_000_000


class ItemStore:
    """Items as JSON, by record key, and the order of keys in each segment."""

    def __init__(self) -> None:
        self._items: dict[str, bytes] = {}
        self._orders: dict[int, list[list[str]]] = {}
        self._lock = Lock()

    def put(self, item: dict[str, Any]) -> None:
        key = item["pk"]["S"]
        with self._lock:
            if key not in self._items:
                for total, orders in self._orders.items():
                    insort(orders[_segment(key, total)], key)
            self._items[key] = json.dumps(item).encode()

    def answer(self, operation: str, body: dict[str, Any]) -> bytes:
        """The answer to a request."""
        match operation:
            case "Scan":
                return self._scan(body)
            case "BatchGetItem":
                ((table, wanted),) = body["RequestItems"].items()
                held = [self._items.get(key["pk"]["S"]) for key in wanted["Keys"]]
                items = b",".join(item for item in held if item)
                return b'{"Responses":{' + json.dumps(table).encode() + b":[" + items + b"]}}"
            case "PutItem":
                self.put(body["Item"])
                return b"{}"
            case "DeleteItem":
                self._delete(body["Key"]["pk"]["S"])
                return b"{}"
            case "DescribeTable":
                return json.dumps({"Table": {"ItemCount": len(self._items)}}).encode()
            case _:
                raise ValueError(operation)

    def _delete(self, key: str) -> None:
        with self._lock:
            if self._items.pop(key, None) is not None:
                for total, orders in self._orders.items():
                    orders[_segment(key, total)].remove(key)

    def _scan(self, body: dict[str, Any]) -> bytes:
        total = body.get("TotalSegments", 1)
        start = body.get("ExclusiveStartKey", {}).get("pk", {}).get("S")
        with self._lock:
            if total not in self._orders:
                self._orders[total] = [[] for _ in range(total)]
                for key in sorted(self._items):
                    self._orders[total][_segment(key, total)].append(key)
            order = self._orders[total][body.get("Segment", 0)]
            place = bisect_right(order, start) if start is not None else 0
            page, size = list[bytes](), 0
            while place < len(order) and size < _PAGE_BYTES:
                page.append(self._items[order[place]])
                size += len(page[-1])
                place += 1
            last = json.dumps({"pk": {"S": order[place - 1]}}) if place < len(order) else ""
        more = f',"LastEvaluatedKey":{last}' if last else ""
        return b'{"Items":[' + b",".join(page) + f'],"Count":{len(page)}{more}}}'.encode()


def _segment(key: str, total: int) -> int:
    return zlib.crc32(key.encode()) % total


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: ClassVar[ItemStore]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.store.answer(self.headers["X-Amz-Target"].partition(".")[2], body)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def main(path: str) -> None:
    """Serve the items of a file, one JSON object a line; print the port."""
    store = ItemStore()
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            store.put(json.loads(line))
    _Handler.store = store
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
