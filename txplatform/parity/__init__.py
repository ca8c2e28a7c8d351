"""Proof that the analytical copy equals the operational store: every key, every cell, every digit."""
