"""Alerts whose topic is out of reach."""

from typing import Never

import pytest
from botocore.exceptions import ConnectTimeoutError

from txplatform_tests.lake_stand import Stand


def test_a_topic_that_does_not_answer_is_tried_once_and_soon_left(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[int] = []

    def time_out(**_: object) -> Never:
        attempts.append(1)
        raise ConnectTimeoutError(endpoint_url="https://sns")

    client = stand.topic.sns
    client.meta.events.register("before-send.sns.Publish", time_out)
    assert stand.topic.publish("late", ["news"]) is False
    assert len(attempts) == 1
    assert client.meta.config.connect_timeout + client.meta.config.read_timeout <= 10
    assert "alert not published: late" in caplog.text
