"""Change records of the operational store, in micro-batches, into the lake."""
