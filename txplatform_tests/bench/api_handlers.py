"""What the functions of the data API compute themselves: a read, a creation, a batch, an authorization, a cold start.

AWS answers at once, so that only the handlers' own work counts, in time of the CPU: other processes do not disturb it.
The baselines are the least that each must do: the JSON of a body read and written once, and a signature verified.
"""

import json
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Function
from txplatform_tests.bench.frame.authorizer import Authorizer
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.functions import DATA_API, GRANTED, Context, InstantTables, init_seconds, running

_CALLS = {Size.SMALL: 20, Size.FULL: 2_000}
_BATCHES = {Size.SMALL: 1, Size.FULL: 30}
_ROUNDS = {Size.SMALL: 1, Size.FULL: 7}
_BATCH_OPERATIONS = 100
_MOST_MS = {"read": 0.1, "create": 0.2, "batch": 10, "authorize": 0.2, "init": 350}
SETTINGS = {size: f"{_CALLS[size]:,} calls, {_BATCHES[size]} batches, {_ROUNDS[size]} times." for size in Size}

_CONTRACT = load_contracts()["payments"]
_RECORD = {field.name: field.example for field in _CONTRACT.fields}


def measure(size: Size) -> Iterator[Figure]:
    """Measure each kind of request, then new containers."""
    rounds, calls = _ROUNDS[size], _CALLS[size]
    events = [_event("POST", "/v1/payments", body={**_RECORD, "payment_id": f"p{number}"}) for number in range(calls)]
    yield Figure("JSON of an event, read and written", _milliseconds(_as_json, events, rounds), "ms")
    with running(Function.DATA_API, DATA_API, InstantTables(_CONTRACT)) as handler:
        yield Figure("create", _milliseconds(_expecting(handler, 201), events, rounds), "ms", most=_MOST_MS["create"])
        reads = [_event("GET", "/v1/payments/{key}", key=f"p{number}") for number in range(calls)]
        yield Figure("read", _milliseconds(_expecting(handler, 200), reads, rounds), "ms", most=_MOST_MS["read"])
        batches = [_batch(number) for number in range(_BATCHES[size])]
        taken = _milliseconds(_expecting(handler, 200), batches, rounds)
        yield Figure(f"batch of {_BATCH_OPERATIONS}", taken, "ms", most=_MOST_MS["batch"])
    authorizer = Authorizer()
    with authorizer.running():
        for name in authorizer.signers:
            verification = [authorizer.verification(name)] * calls
            yield Figure(f"signature alone, {name}", _milliseconds(_do, verification, rounds), "ms")
            requests = [authorizer.request(name)] * calls
            taken = _milliseconds(_do, requests, rounds)
            yield Figure(f"authorize a token of {name}", taken, "ms", most=_MOST_MS["authorize"])
        denials = [authorizer.request("entra", allowed=False, aud="another")] * calls
        taken = _milliseconds(_do, denials, rounds)
        yield Figure("deny a token, with its log line", taken, "ms", most=_MOST_MS["authorize"])
    for function, variables in ((Function.DATA_API, DATA_API), (Function.AUTHORIZER, authorizer.variables)):
        seconds = median(init_seconds(function, variables) for _ in range(rounds))
        yield Figure(f"cold start of {function}", seconds * 1000, "ms", most=_MOST_MS["init"])


def _milliseconds(call: Callable[[Any], None], events: list[Any], rounds: int) -> float:
    """The median CPU time of a call, after one round that is not counted."""
    taken: list[float] = []
    for _ in range(rounds + 1):
        begun = time.process_time()
        for event in events:
            call(event)
        taken.append((time.process_time() - begun) / len(events) * 1000)
    return median(taken[1:])


def _do(action: Callable[[], None]) -> None:
    action()


def _as_json(event: Any) -> None:
    json.dumps(json.loads(event["body"]))


def _expecting(handler: Any, status: int) -> Callable[[Any], None]:
    context = Context()

    def call(event: Any) -> None:
        answer = handler(event, context)
        if answer["statusCode"] != status or '"rejected":1' in answer["body"]:
            raise AssertionError(answer)

    return call


def _batch(number: int) -> dict[str, Any]:
    records = [{**_RECORD, "payment_id": f"p{number}-{index}"} for index in range(_BATCH_OPERATIONS)]
    return _event(
        "POST", "/v1/payments/batch", body={"operations": [{"op": "upsert", "record": record} for record in records]}
    )


def _event(method: str, template: str, key: str | None = None, body: Any = None) -> dict[str, Any]:
    """A request as an HTTP API sends it, in payload format 2.0."""
    path = template.replace("{key}", key or "")
    return {
        "version": "2.0",
        "routeKey": f"{method} {template}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "accept": "*/*", "host": "api.example.org"},
        "requestContext": {
            "requestId": "JKJaXmPLvHcESHA=",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "authorizer": {"lambda": GRANTED},
        },
        "pathParameters": {"key": key} if key else None,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
