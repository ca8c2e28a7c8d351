"""What the function `source` computes of one message: a payment intent of Stripe, a canonical payment, a cold start.

Each message is read as it comes from its queue: unwrapped, mapped, aligned, validated and made an operation. AWS and
the API take no part, and time is that of the CPU. The baseline is the JSON of the message read once. Beside it, how
large the bundle of each function is.
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

_CALLS = {Size.SMALL: 20, Size.FULL: 5_000}
_ROUNDS = {Size.SMALL: 1, Size.FULL: 9}
_MOST_US = {"intent": 80, "payment": 50}
_MOST_INIT_MS = 450
SETTINGS = {size: f"{_CALLS[size]:,} messages, {_ROUNDS[size]} times." for size in Size}

_CONTRACTS = load_contracts()
_SYSTEM = load_systems(_CONTRACTS)["stripe"]
_VARIABLES = dict.fromkeys(environment_names(Settings), "1")  # a name or a number; none of it is called


def measure(size: Size) -> Iterator[Figure]:
    """Measure messages of a source system's and of an entity's queue, then new containers, then bundles."""
    schema = EntitySchema.parse(_published(registry_document(_CONTRACTS["payments"])))
    mapping = SystemMapping.parse(_published(mapping_document(_SYSTEM)))
    intent = _message("stripe", (SHIPPED / "stripe" / "payment_intent.json").read_text(encoding="utf-8"))
    payment = _message("payments", json.dumps({field.name: field.example for field in _CONTRACTS["payments"].fields}))

    def read_intent() -> bool:
        [accepted] = read(mapping, lambda _: schema, intent).accepted
        return bool(accepted.operation)

    def read_payment() -> bool:
        accepted = validate(schema, payment)
        return isinstance(accepted, Accepted) and bool(accepted.operation)

    for name, message, call in (("intent", intent, read_intent), ("payment", payment, read_payment)):
        assert call(), f"the {name} is refused"
        yield Figure(f"JSON of the {name}", _microseconds(lambda body=message.body: json.loads(body), size), "µs")
        yield Figure(f"{name} to operation", _microseconds(call, size), "µs", most=_MOST_US[name])
    seconds = median(init_seconds(Function.SOURCE, _VARIABLES) for _ in range(_ROUNDS[size]))
    yield Figure("cold start of source", seconds * 1000, "ms", most=_MOST_INIT_MS)
    for function in Function:
        with TemporaryDirectory() as folder:
            bundle.build(function, Path(folder))
            yield Figure(f"bundle of {function.value}", zipped_mb(Path(folder)), "MB", most=MOST_MB, exact=True)


def _microseconds(call: Callable[[], object], size: Size) -> float:
    """The median CPU time of a call, after one round that is not counted."""
    taken: list[float] = []
    for _ in range(_ROUNDS[size] + 1):
        begun = time.process_time()
        for _ in range(_CALLS[size]):
            call()
        taken.append((time.process_time() - begun) / _CALLS[size] * 1_000_000)
    return median(taken[1:])


def _message(owner: str, body: str) -> Message:
    sent_at = datetime(2026, 1, 1, tzinfo=UTC)
    origin = Origin("queue", "m", timestamp_text(sent_at), 1)
    return Message(owner, "m", body, origin, "c", Delivery("queue", sent_at, 1, "receipt"))


def _published(document: object) -> dict[str, object]:
    return json.loads(json.dumps(document))
