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
"""Counts of one invocation: {value of the dimension: {metric: count}}. A count of zero is written too.

Values of several dimensions stand in one text, with a slash between them. A metric whose name ends in `Milliseconds` is
a duration.
"""


class Metrics:
    """Counts by dimensions. Safe to share between threads: each invocation counts for itself."""

    def __init__(self, namespace: str, *dimensions: str) -> None:
        self._namespace = namespace
        self._dimensions = dimensions

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
            for dimension, name in zip(self._dimensions, value.split("/"), strict=True):
                line.add_dimension(dimension, name)
            for metric, count in metrics.items():
                unit = MetricUnit.Milliseconds if metric.endswith("Milliseconds") else MetricUnit.Count
                line.add_metric(metric, unit, count)
            write_line(line.serialize_metric_set())  # pyright: ignore[reportUnknownMemberType]
