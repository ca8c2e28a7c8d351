"""The HTTP API over the entity tables: the only writer of operational state."""
