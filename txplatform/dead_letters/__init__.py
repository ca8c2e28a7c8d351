"""Messages in the dead-letter queues: read without taking them away, found by filters, redriven or deleted."""
