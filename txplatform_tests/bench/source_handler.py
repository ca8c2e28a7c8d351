"""What the function `source` computes of one message: a payment intent of Stripe, a canonical payment, a cold start.

Each message is read as it comes from its queue: unwrapped, mapped, aligned, validated and made an operation. A queue
brings ten at a time, which go through each stage together; an intent that comes alone is measured too. AWS and the API
take no part, and time is that of the CPU. The baseline is the JSON of the message read once. Beside it, how large the
bundle of each function is.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from infra import bundle
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.schema import EntitySchema
from lambdas.shared.settings import environment_names
from lambdas.shared.timestamps import timestamp_text
from lambdas.source.core import Accepted, Delivery, Message, Origin, validate
from lambdas.source.settings import Settings
from lambdas.source.systems import read
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform.contracts.names import Function
from txplatform.contracts.render.mapping import mapping_document
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.functions import init_seconds
from txplatform_tests.infra.bundle_size import MOST_MB, zipped_mb

_MESSAGES = {Size.SMALL: 20, Size.FULL: 200}
_ROUNDS = {Size.SMALL: 1, Size.FULL: 250}
_STARTS = {Size.SMALL: 1, Size.FULL: 9}
_BATCH = 10  # messages that a queue brings at once: infra/constructs/feeds.py
_MOST_INTENT_US = 80
_MOST_PAYMENT_US = 50
_MOST_INIT_MS = 450
SETTINGS = {size: f"{_MESSAGES[size]} messages, {_ROUNDS[size]} times; {_STARTS[size]} cold starts." for size in Size}

_CONTRACTS = load_contracts()
_SYSTEM = load_systems(_CONTRACTS)["stripe"]
_VARIABLES = dict.fromkeys(environment_names(Settings), "1")  # a name or a number; none of it is called


def measure(size: Size) -> Iterator[Figure]:
    """Measure messages of a source system's and of an entity's queue, then new containers, then bundles."""
    schema = EntitySchema.parse(_published(registry_document(_CONTRACTS["payments"])))
    mapping = SystemMapping.parse(_published(mapping_document(_SYSTEM)))
    intent = _message("stripe", (SHIPPED / "stripe" / "payment_intent.json").read_text(encoding="utf-8"))
    payment = _message("payments", json.dumps({field.name: field.example for field in _CONTRACTS["payments"].fields}))

    def read_intents(number: int) -> bool:
        outcomes = read(mapping, lambda _: schema, [intent] * number)
        return all(bool(accepted.operation) for outcome in outcomes for [accepted] in (outcome.accepted,))

    def read_payment() -> bool:
        accepted = validate(schema, payment)
        return isinstance(accepted, Accepted) and bool(accepted.operation)

    assert read_intents(1), "the intent is refused"
    assert read_payment(), "the payment is refused"
    yield Figure("JSON of the intent", _microseconds(lambda: json.loads(intent.body), size), "µs")
    batch = _microseconds(lambda: read_intents(_BATCH), size, _BATCH)
    yield Figure(f"intent to operation, of {_BATCH}", batch, "µs", most=_MOST_INTENT_US)
    yield Figure("intent to operation, alone", _microseconds(lambda: read_intents(1), size), "µs")
    yield Figure("JSON of the payment", _microseconds(lambda: json.loads(payment.body), size), "µs")
    yield Figure("payment to operation", _microseconds(read_payment, size), "µs", most=_MOST_PAYMENT_US)
    seconds = median(init_seconds(Function.SOURCE, _VARIABLES) for _ in range(_STARTS[size]))
    yield Figure("cold start of source", seconds * 1000, "ms", most=_MOST_INIT_MS)
    for function in Function:
        with TemporaryDirectory() as folder:
            bundle.build(function, Path(folder))
            yield Figure(f"bundle of {function.value}", zipped_mb(Path(folder)), "MB", most=MOST_MB, exact=True)


def _microseconds(call: Callable[[], object], size: Size, messages: int = 1) -> float:
    """The CPU time of each of so many messages of a call, in the best of many short rounds.

    What else the processor's core does makes a round longer, never shorter.
    """
    taken: list[float] = []
    calls = _MESSAGES[size] // messages
    for _ in range(_ROUNDS[size] + 1):
        begun = time.process_time()
        for _ in range(calls):
            call()
        taken.append((time.process_time() - begun) / (calls * messages) * 1_000_000)
    return min(taken[1:])


def _message(owner: str, body: str) -> Message:
    sent_at = datetime(2026, 1, 1, tzinfo=UTC)
    origin = Origin("queue", "m", timestamp_text(sent_at), 1)
    return Message(owner, "m", body, origin, "c", Delivery("queue", sent_at, 1, "receipt"))


def _published(document: object) -> dict[str, object]:
    return json.loads(json.dumps(document))
