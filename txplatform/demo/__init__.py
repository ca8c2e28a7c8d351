"""The demo: realistic, repeatable input, and the scenario that sends it through the local stack."""
