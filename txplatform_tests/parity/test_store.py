"""How the operational table is read: all of it once, strongly consistent, in parallel segments."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.errors import ParityError
from txplatform.parity.spool import Scanned, Spool
from txplatform.parity.store import StoreSide
from txplatform_tests.lake_stand import Stand, payment
from txplatform_tests.parity.stores import Store

SEGMENTS = 3


class _Recorder(BaseHTTPRequestHandler):
    """Answers as DynamoDB does, two pages a segment, and keeps the requests."""

    requests: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        self.requests.append((operation, body))
        if operation == "BatchGetItem":
            keys = body["RequestItems"][next(iter(body["RequestItems"]))]["Keys"]
            table = next(iter(body["RequestItems"]))
            answer: dict[str, Any] = {"Responses": {table: [{**keys[0], "seen": {"BOOL": True}}]}}
            if keys[1:]:
                answer["UnprocessedKeys"] = {table: {"Keys": keys[1:], "ConsistentRead": True}}
        else:
            page = 2 if "ExclusiveStartKey" in body else 1
            item = {"pk": {"S": f"{body['Segment']}-{page}"}}
            answer = {"Items": [item], "Count": 1, **({"LastEvaluatedKey": item} if page == 1 else {})}
        payload = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        pass


def test_every_reading_is_strongly_consistent_and_complete(stand: Stand) -> None:
    """An eventually consistent one may lack a record that the lake has: a difference that is not."""
    recorder = type("Recorder", (_Recorder,), {"requests": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        there = stand.with_settings(endpoint_url=f"http://127.0.0.1:{server.server_port}")
        side = StoreSide(there.contract, there.clients, segments=SEGMENTS)
        scanned = sorted(item["pk"]["S"] for page in side.pages() for item in page)
        found = side.items(["a", "b", "c"])
    finally:
        server.shutdown()
        server.server_close()
    assert scanned == sorted(f"{number}-{page}" for number in range(SEGMENTS) for page in (1, 2))
    assert sorted(found) == ["a", "b", "c"], "also what DynamoDB left for another request"
    scans = [body for operation, body in recorder.requests if operation == "Scan"]
    assert len(scans) == 2 * SEGMENTS
    assert all(body["ConsistentRead"] and body["TotalSegments"] == SEGMENTS for body in scans)
    reads = [body for operation, body in recorder.requests if operation == "BatchGetItem"]
    assert all(body["RequestItems"][names.entity_table(stand.contract.name)]["ConsistentRead"] for body in reads)


def test_segments_of_the_local_aws_are_the_whole_table(store: Store) -> None:
    for number in range(40):
        store.put(payment(f"p{number}"))
    pages = list(StoreSide(store.contract, store.clients).pages())
    assert len(pages) == 4
    assert sorted(item["pk"]["S"] for page in pages for item in page) == sorted(f"p{number}" for number in range(40))


def test_a_table_that_cannot_be_read_is_an_error(stand: Stand) -> None:
    side = StoreSide(stand.contract, stand.clients)
    for read in (side.size, lambda: list(side.pages()), lambda: side.items(["a"])):
        with pytest.raises(ParityError, match=f"table {names.entity_table(stand.contract.name)} could not be read"):
            read()


def test_the_spool_gives_back_what_was_put_into_it() -> None:
    records = [
        Scanned(number * 97 % 65536, f"ü{number}", bytes([number % 256] * 14), number - 5) for number in range(9)
    ]
    with Spool() as spool:
        for record in records:
            spool.add(record.segment, record.key, record.digest, record.state)
        assert list(spool.records({record.segment for record in records})) == records
        assert list(spool.records({records[3].segment, 1})) == [records[3]]
        spool.add(97, "later", bytes(14), 0)
        assert [record.key for record in spool.records({97})] == ["ü1", "later"]
