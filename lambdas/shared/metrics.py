"""Counts in CloudWatch, on which the alarms stand."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import Logger

from lambdas.shared.aws import AWS_ERRORS, error_code


class Metrics:
    """Counts by one dimension, one call an invocation. A count that cannot be sent is logged."""

    def __init__(self, cloudwatch: Any, namespace: str, dimension: str, log: Logger) -> None:
        self._log = log
        self._cloudwatch = cloudwatch
        self._namespace = namespace
        self._dimension = dimension

    def put(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Send {value of the dimension: {metric: count}}."""
        data = [
            {
                "MetricName": metric,
                "Dimensions": [{"Name": self._dimension, "Value": value}],
                "Value": count,
                "Unit": "Count",
            }
            for value, metrics in counts.items()
            for metric, count in metrics.items()
        ]
        try:
            self._cloudwatch.put_metric_data(Namespace=self._namespace, MetricData=data)
        except AWS_ERRORS as error:
            self._log.error("metrics not sent", extra={"reason": error_code(error)})
