"""Structured logs: one JSON object a line, named after the function. No record's content is ever logged."""

from aws_lambda_powertools.logging import Logger


def logger(function: str) -> Logger:
    """The logger of a function; its level is that of POWERTOOLS_LOG_LEVEL, INFO by default."""
    return Logger(service=function)
