"""When the page is published, by its automation condition."""

from datetime import datetime, timedelta

import dagster as dg
import pytest

from txplatform.defs.current.checks import PARITY
from txplatform.defs.keys import DASHBOARD
from txplatform_tests.defs.graph import reviewed

MINUTE = timedelta(minutes=1)
NOON = datetime.fromisoformat("2026-11-20T12:00:10Z")
CHANGES = dg.AssetMaterialization("trades_changes")
OUTCOME = dg.AssetCheckEvaluation(asset_key=dg.AssetKey("trades"), check_name=PARITY, passed=False, metadata={})


class Daemon:
    """Evaluates the condition again and again, as Dagster's daemon does."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._definitions = reviewed()
        self._instance = instance
        self._cursor = None

    def publishes(self, now: datetime) -> bool:
        result = dg.evaluate_automation_conditions(
            self._definitions,
            self._instance,
            dg.AssetSelection.assets(DASHBOARD),
            evaluation_time=now,
            cursor=self._cursor,
        )
        self._cursor = result.cursor
        return bool(result.get_num_requested(DASHBOARD))


@pytest.mark.parametrize("event", [CHANGES, dg.AssetMaterialization("payments_daily"), OUTCOME])
def test_the_page_is_published_after_something_came(
    event: dg.AssetMaterialization | dg.AssetCheckEvaluation,
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        daemon = Daemon(instance)
        assert not any(daemon.publishes(NOON + minutes * MINUTE) for minutes in (0, 1, 6))
        instance.report_runless_asset_event(event)
        assert [daemon.publishes(NOON + minutes * MINUTE) for minutes in (7, 8)] == [True, False]


def test_the_page_is_published_once_in_five_minutes_and_not_in_quiet_ones() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        daemon = Daemon(instance)
        published = []
        for minutes in range(21):
            if minutes < 13:
                instance.report_runless_asset_event(CHANGES)
            if daemon.publishes(NOON + minutes * MINUTE):
                published.append(minutes)
        assert published == [5, 10, 15]
