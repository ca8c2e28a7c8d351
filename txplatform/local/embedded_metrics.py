"""Makes metrics of log lines in CloudWatch's embedded metric format, as CloudWatch Logs does on AWS.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)

_MARK = b'"_aws"'
_MOST_DATA = 1000  # of one PutMetricData
# A function may print anything, and its next lines must be read all the same.
_UNUSABLE = (ValueError, LookupError, TypeError, ArithmeticError, OSError, RecursionError, BotoCoreError, ClientError)


class EmbeddedMetrics:
    """Puts the metrics of log lines into CloudWatch; `cloudwatch` is its client."""

    def __init__(self, cloudwatch: Any) -> None:
        self._cloudwatch = cloudwatch

    def read(self, line: bytes) -> None:
        """Put the metrics that a line holds; a line in another format has none, and one that is refused is logged."""
        if _MARK not in line:
            return
        try:
            for namespace, data in metrics_of(json.loads(line)):
                for start in range(0, len(data), _MOST_DATA):
                    chunk = data[start : start + _MOST_DATA]
                    self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=chunk)
        except _UNUSABLE as error:
            logger.warning("a line in the embedded metric format gave no metric: %s: %s", type(error).__name__, error)


def metrics_of(document: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each namespace of a line's document with its metrics, as PutMetricData takes them.

    Raise KeyError, TypeError or ValueError where the document refers to a value that it lacks or that is not a number.
    """
    moment = datetime.fromtimestamp(document["_aws"]["Timestamp"] / 1000, UTC)
    for directive in document["_aws"]["CloudWatchMetrics"]:
        yield (
            directive["Namespace"],
            [
                {
                    "MetricName": metric["Name"],
                    "Unit": metric.get("Unit", "None"),
                    "Timestamp": moment,
                    "Dimensions": [{"Name": name, "Value": str(document[name])} for name in dimensions],
                    "Values": [float(value) for value in _values(document[metric["Name"]])],
                }
                for dimensions in directive["Dimensions"]
                for metric in directive["Metrics"]
            ],
        )


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
