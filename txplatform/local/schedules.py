"""Carries out the deployed schedules of EventBridge Scheduler: each has a thread, and starts with its first call.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from txplatform.local.errors import LocalStackError

logger = logging.getLogger(__name__)

_RATE = re.compile(r"rate\((?P<value>[1-9][0-9]*) (?P<unit>minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_TARGET = re.compile(r"arn:aws:scheduler:::aws-sdk:(?P<service>[a-z0-9-]+):(?P<action>[a-zA-Z]+)")
_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A call of an AWS service every so many `seconds`; `template` is its input, as JSON."""

    name: str
    seconds: int
    service: str
    operation: str
    template: str

    def input_at(self, moment: datetime) -> dict[str, Any]:
        """Return the arguments of the call that is due at a moment."""
        return json.loads(self.template.replace(_SCHEDULED_TIME, moment.strftime("%Y-%m-%dT%H:%M:%SZ")))


def read_schedules(scheduler: Any) -> list[Schedule]:
    """Return every schedule; raise LocalStackError for one that cannot be carried out."""
    pages = scheduler.get_paginator("list_schedules").paginate()
    found = [(item["Name"], item["GroupName"]) for page in pages for item in page["Schedules"]]
    return [_schedule(scheduler.get_schedule(Name=name, GroupName=group)) for name, group in found]


class Scheduler:
    """Calls what is due, until it is stopped. A call that fails is logged, and the next one comes at its time."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start a thread for each schedule; raise LocalStackError for one that cannot be carried out."""
        for schedule in read_schedules(self._client("scheduler")):
            threading.Thread(target=self._run, args=(schedule,), name=f"schedule-{schedule.name}", daemon=True).start()

    def stop(self) -> None:
        """Begin no call any more."""
        self._stopping.set()

    def call(self, schedule: Schedule) -> None:
        """Make the call that is due now."""
        operation = getattr(self._client(schedule.service), schedule.operation)
        try:
            operation(**schedule.input_at(datetime.now(UTC)))
        except (BotoCoreError, ClientError) as error:
            if not self._stopping.is_set():
                logger.warning("schedule %s: %s", schedule.name, error)

    def _run(self, schedule: Schedule) -> None:
        due = time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            self.call(schedule)
            due += schedule.seconds


def _schedule(description: dict[str, Any]) -> Schedule:
    name, target = description["Name"], description["Target"]
    rate = _RATE.fullmatch(description["ScheduleExpression"])
    called = _TARGET.fullmatch(target["Arn"])
    template = target.get("Input", "{}")
    others = "<aws.scheduler." in template.replace(_SCHEDULED_TIME, "")
    if rate is None or called is None or others or description.get("FlexibleTimeWindow", {}).get("Mode") != "OFF":
        raise LocalStackError(
            f"local stack: schedule {name} has an expression, a time window, a target or an input that is not carried "
            f"out here. Remedy: add it to txplatform/local/schedules.py"
        )
    seconds = int(rate["value"]) * _SECONDS[rate["unit"]]
    return Schedule(name, seconds, called["service"], xform_name(called["action"]), template)
