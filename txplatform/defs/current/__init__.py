"""The current state: folded snapshot, exact view and its proof of parity."""
