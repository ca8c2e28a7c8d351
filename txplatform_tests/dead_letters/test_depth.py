"""The moment at which a command begins is one of SQS's clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from txplatform.clock import utc_now
from txplatform.dead_letters import depth as module


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (lambda now: now, lambda now: now),
        (lambda now: now - timedelta(hours=1), lambda now: now - timedelta(hours=1)),
        (lambda now: now + timedelta(hours=1), lambda now: now + timedelta(hours=1)),
        (None, lambda now: now),
    ],
)
def test_the_beginning_is_a_moment_of_sqs(
    answered: Callable[..., Any] | None, expected: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    monkeypatch.setattr(module, "utc_now", lambda: now)
    headers = {} if answered is None else {"date": f"{answered(now):%a, %d %b %Y %H:%M:%S GMT}"}
    moment = module._moment({"HTTPHeaders": headers})
    assert timedelta() <= moment - expected(now).replace(microsecond=0) < timedelta(seconds=2)
    if answered is None:
        assert moment == now
