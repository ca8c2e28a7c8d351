"""Webhook door: a source system's signed request to the system's inbound queue."""
