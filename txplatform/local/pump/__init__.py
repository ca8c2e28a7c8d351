"""Moves events from queues and streams to the functions, as the deployed event-source mappings say."""

from txplatform.local.pump.pump import Pump

__all__ = ["Pump"]
