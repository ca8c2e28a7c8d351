"""Alerts that definitions send. They tell of the work and must never stop it: one that fails is logged."""

import logging
from collections.abc import Sequence

from txplatform.defs.resources import PlatformResource


def alerted(log: logging.Logger, platform: PlatformResource, subject: str, lines: Sequence[str]) -> bool:
    """Publish an alert and say whether that worked, so that the caller can tell it again later."""
    from txplatform.lake.alerts import alert

    try:
        alert(platform.clients, subject, lines)
    except Exception:
        log.exception(f"the alert '{subject}' could not be published")
        return False
    return True
