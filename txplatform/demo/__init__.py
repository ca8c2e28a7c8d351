"""A realistic day at work for the local stack: made-up but repeatable input, and the scenario that sends it through."""
