"""Counts in CloudWatch, on which the alarms stand: written as log lines in the embedded metric format.

CloudWatch makes metrics of the lines by itself, so that an invocation neither waits for a call nor fails in one.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from lambdas.shared.logging import write_line

Counts = dict[str, Counter[str]]
"""Counts of one invocation: {value of the dimension: {metric: count}}. A count of zero is written too."""


class Metrics:
    """Counts by one dimension. Safe to share between threads: each invocation counts for itself."""

    def __init__(self, namespace: str, dimension: str) -> None:
        self._namespace = namespace
        self._dimension = dimension

    @contextmanager
    def counting(self) -> Generator[Counts]:
        """Collect the counts of one invocation; they are written as it ends, also when it ends with an error."""
        counts: Counts = {}
        try:
            yield counts
        finally:
            self._write(counts)

    def _write(self, counts: Counts) -> None:
        """Write one line for each value of the dimension, since a line holds one value."""
        for value, metrics in counts.items():
            if not metrics:
                continue
            line = EphemeralMetrics(namespace=self._namespace)
            line.add_dimension(self._dimension, value)
            for metric, count in metrics.items():
                line.add_metric(metric, MetricUnit.Count, count)
            write_line(line.serialize_metric_set())  # pyright: ignore[reportUnknownMemberType]
