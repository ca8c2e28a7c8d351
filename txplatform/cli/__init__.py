"""The command line: one module a command group, loaded only when its command runs."""
