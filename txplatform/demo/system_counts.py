"""What became of the messages of a source system, as the function `source` counts it in CloudWatch."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from txplatform.aws import AwsClients
from txplatform.contracts import names

_PERIOD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SystemCounts:
    """Messages of a system: stored in full, ignored by a declared rule, and refused in whole or in part."""

    accepted: int = 0
    ignored: int = 0
    refused: int = 0

    @property
    def answered(self) -> int:
        """All of them; as many as were sent, in the end."""
        return self.accepted + self.ignored + self.refused


_METRICS = dict(zip((field.name for field in fields(SystemCounts)), names.MESSAGE_METRICS, strict=True))


def system_counts(clients: AwsClients, system: str, since: datetime, until: datetime) -> SystemCounts:
    """Read the counts of a system between two moments; a period that began before `since` counts in whole."""
    cloudwatch = clients.client("cloudwatch")

    def total(metric: str) -> int:
        answer = cloudwatch.get_metric_statistics(
            Namespace=names.METRIC_NAMESPACE,
            MetricName=metric,
            Dimensions=[{"Name": names.SYSTEM_DIMENSION, "Value": system}],
            StartTime=since - _PERIOD,
            EndTime=until + _PERIOD,
            Period=int(_PERIOD.total_seconds()),
            Statistics=["Sum"],
        )
        return round(sum(point.get("Sum", 0) for point in answer["Datapoints"]))

    return SystemCounts(**{name: total(metric) for name, metric in _METRICS.items()})
