"""The stacks: each only composes constructs."""
