"""One thread for every poller of a queue and every shard of a stream."""

import threading
from collections.abc import Callable
from typing import Any

from txplatform.local.functions import Outcome
from txplatform.local.pump.delivery import StreamDelivery
from txplatform.local.pump.destination import OnFailure
from txplatform.local.pump.mappings import EventSourceMapping, read_mappings
from txplatform.local.pump.queue import QueuePoller
from txplatform.local.pump.stopping import Stopping
from txplatform.local.pump.stream import ShardReader


class Pump:
    """Carries out the deployed event-source mappings; `invoke` runs a function, given its ARN and an event."""

    def __init__(self, client: Callable[[str], Any], invoke: Callable[[str, Any], Outcome]) -> None:
        self._client = client
        self._invoke = invoke
        self._stopping = Stopping()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start to poll; raise LocalStackError for a mapping that cannot be carried out."""
        for mapping in read_mappings(self._client("lambda")):
            runs = self._queue_pollers(mapping) if mapping.service == "sqs" else self._shard_readers(mapping)
            name = mapping.source_arn.partition(":table/")[2].partition("/")[0] or mapping.source_arn.rpartition(":")[2]
            self._threads += [threading.Thread(target=run, name=f"pump-{name}", daemon=True) for run in runs]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 1.0) -> None:
        """Stop polling and give batches under way `timeout` seconds; what is cut off is delivered again later."""
        self._stopping.stop(timeout)

    def _queue_pollers(self, mapping: EventSourceMapping) -> list[Callable[[], None]]:
        poller = QueuePoller(self._client("sqs"), mapping, self._invoke, self._stopping)
        return [poller.run] * mapping.concurrency

    def _shard_readers(self, mapping: EventSourceMapping) -> list[Callable[[], None]]:
        streams = self._client("dynamodbstreams")
        description = streams.describe_stream(StreamArn=mapping.source_arn)["StreamDescription"]
        runs: list[Callable[[], None]] = []
        for shard in description["Shards"]:
            on_failure = OnFailure(self._client, mapping, shard["ShardId"])
            delivery = StreamDelivery(mapping, self._invoke, on_failure, self._stopping)
            runs.append(ShardReader(streams, mapping, shard["ShardId"], delivery, self._stopping).run)
        return runs
