"""What the lines of the functions' loggers carry."""

import json

import pytest
from aws_lambda_powertools.logging import Logger

from lambdas.shared.logging import correlated, logger


def lines_of(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], Logger]:
    log = logger("lines")
    lines: list[str] = []
    keep = lambda record: lines.append(log.registered_formatter.format(record))  # noqa: E731
    monkeypatch.setattr(log.registered_handler, "emit", keep)
    return lines, log


def test_a_line_has_the_id_of_x_ray_s_trace_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, log = lines_of(monkeypatch)
    log.error("untraced")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
    log.error("traced")
    untraced, traced = map(json.loads, lines)
    assert "xray_trace_id" not in untraced
    assert traced["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_ids_are_those_of_the_block_and_only_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, log = lines_of(monkeypatch)
    with correlated(log, "order-1", request_id="r-1"):
        log.error("within")
    with correlated(log, "order-2", request_id=None):
        log.error("without a request")
    log.error("outside")
    assert [(line.get("correlation_id"), line.get("request_id")) for line in map(json.loads, lines)] == [
        ("order-1", "r-1"),
        ("order-2", None),
        (None, None),
    ]
