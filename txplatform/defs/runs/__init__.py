"""Runs as a whole, whatever they run: a failed one raises an alert."""
