"""Alerts whose topic is out of reach."""

from typing import Never

import pytest
from botocore.exceptions import ConnectTimeoutError

from txplatform.lake.alerts import alert, topics
from txplatform_tests.lake_stand import Stand


def test_a_topic_that_does_not_answer_is_asked_once_and_soon_left(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[int] = []

    def time_out(**_: object) -> Never:
        asked.append(1)
        raise ConnectTimeoutError(endpoint_url="https://sns")

    client = topics(stand.clients)
    client.meta.events.register("before-send.sns.Publish", time_out)
    assert alert(stand.clients, "late", ["news"]) is False
    assert len(asked) == 1
    assert client.meta.config.connect_timeout + client.meta.config.read_timeout <= 10
    assert "alert not published: late" in caplog.text
