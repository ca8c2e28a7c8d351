"""The building blocks of the stacks, one concern a module."""
