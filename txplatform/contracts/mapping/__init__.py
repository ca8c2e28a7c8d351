"""Source systems: what one file says about a system's payloads, and how they become records of entities."""
