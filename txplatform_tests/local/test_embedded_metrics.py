"""Log lines in CloudWatch's embedded metric format become metrics; all other lines are left alone."""

import json
from typing import Any

import pytest

from txplatform.local.embedded_metrics import EmbeddedMetrics

LINE = {
    "_aws": {
        "Timestamp": 1_767_225_600_000,
        "CloudWatchMetrics": [
            {
                "Namespace": "Shop",
                "Dimensions": [["Entity"], ["Entity", "Stage"], []],
                "Metrics": [{"Name": "Accepted", "Unit": "Count"}, {"Name": "Seconds"}],
            }
        ],
    },
    "Entity": "payments",
    "Stage": "test",
    "Accepted": [8.0],
    "Seconds": 0.5,
    "message": "a line may hold more",
}


class CloudWatch:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def put_metric_data(self, **call: Any) -> None:
        self.calls.append(call)


@pytest.fixture
def cloudwatch() -> CloudWatch:
    return CloudWatch()


def test_every_metric_is_put_for_every_set_of_dimensions(cloudwatch: CloudWatch) -> None:
    EmbeddedMetrics(cloudwatch).read(json.dumps(LINE).encode())
    (call,) = cloudwatch.calls
    assert call["Namespace"] == "Shop"
    assert [
        (item["MetricName"], {each["Name"]: each["Value"] for each in item["Dimensions"]}, item["Values"], item["Unit"])
        for item in call["MetricData"]
    ] == [
        ("Accepted", {"Entity": "payments"}, [8.0], "Count"),
        ("Seconds", {"Entity": "payments"}, [0.5], "None"),
        ("Accepted", {"Entity": "payments", "Stage": "test"}, [8.0], "Count"),
        ("Seconds", {"Entity": "payments", "Stage": "test"}, [0.5], "None"),
        ("Accepted", {}, [8.0], "Count"),
        ("Seconds", {}, [0.5], "None"),
    ]
    assert {item["Timestamp"].isoformat() for item in call["MetricData"]} == {"2026-01-01T00:00:00+00:00"}


@pytest.mark.parametrize("line", [b"", b"plain text\n", b'{"level": "INFO", "message": "no metrics"}\n'])
def test_other_lines_are_left_alone(cloudwatch: CloudWatch, line: bytes) -> None:
    EmbeddedMetrics(cloudwatch).read(line)
    assert cloudwatch.calls == []


@pytest.mark.parametrize(
    "line",
    [
        b'{"_aws": ',
        b'{"_aws": {}}',
        b'"_aws"',
        b'["_aws"]' * 2,
        b"[" * 100_000 + b'"_aws"',
        json.dumps({**LINE, "Accepted": "eight"}).encode(),
        json.dumps({**LINE, "_aws": {**LINE["_aws"], "Timestamp": 10**40}}).encode(),
        json.dumps({**LINE, "_aws": {**LINE["_aws"], "Timestamp": -(10**18)}}).encode(),
        json.dumps({key: value for key, value in LINE.items() if key != "Entity"}).encode(),
    ],
)
def test_a_broken_line_is_logged_and_ends_nothing(
    cloudwatch: CloudWatch, line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    EmbeddedMetrics(cloudwatch).read(line)
    assert cloudwatch.calls == []
    assert "gave no metric" in caplog.text
