"""Runs as a whole, whatever they run: a failed one is told of."""
