"""Schedules are carried out as deployed, or refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.local.errors import LocalStackError
from txplatform.local.schedules import Schedule, Scheduler, read_schedules

DEPLOYED = {
    "Name": "beat",
    "ScheduleExpression": "rate(5 minutes)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {
        "Arn": "arn:aws:scheduler:::aws-sdk:dynamodb:batchWriteItem",
        "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
    },
}
MOMENT = datetime(2026, 11, 26, 18, 0, 5, tzinfo=UTC)


class Api:
    """The scheduler's client and that of the service that is called; both keep the calls."""

    def __init__(self, schedule: dict[str, Any], error: Exception | None = None) -> None:
        self._schedule = schedule
        self._error = error
        self.calls: list[dict[str, Any]] = []

    def get_paginator(self, _: str) -> "Api":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"Schedules": [{"Name": self._schedule["Name"], "GroupName": "default"}]}]

    def get_schedule(self, **_: Any) -> dict[str, Any]:
        return self._schedule

    def batch_write_item(self, **arguments: Any) -> None:
        self.calls.append(arguments)
        if self._error is not None:
            raise self._error


def test_a_schedule_is_read_as_it_was_deployed() -> None:
    [schedule] = read_schedules(Api(DEPLOYED))
    assert (schedule.name, schedule.seconds) == ("beat", 300)
    assert (schedule.service, schedule.operation) == ("dynamodb", "batch_write_item")
    assert schedule.input_at(MOMENT) == {"at": "2026-11-26T18:00:05Z"}


@pytest.mark.parametrize(
    "change",
    [
        {"ScheduleExpression": "cron(0 * * * ? *)"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
        {"Target": {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f"}},
        {"Target": {**DEPLOYED["Target"], "Input": "<aws.scheduler.execution-id>"}},  # type: ignore[dict-item]
    ],
    ids=["cron", "window", "target", "input"],
)
def test_what_is_not_carried_out_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(LocalStackError, match=r"schedule beat .* Remedy:"):
        read_schedules(Api({**DEPLOYED, **change}))


def test_a_call_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    api = Api(DEPLOYED, ClientError({"Error": {"Code": "Throttling", "Message": "slow down"}}, "BatchWriteItem"))
    Scheduler(lambda _: api).call(Schedule("beat", 60, "dynamodb", "batch_write_item", "{}"))
    assert api.calls == [{}]
    assert "schedule beat" in caplog.text


def test_it_calls_at_once_and_no_more_once_stopped() -> None:
    api = Api(DEPLOYED)
    scheduler = Scheduler(lambda _: api)
    scheduler.stop()
    scheduler.start()
    assert api.calls == []
