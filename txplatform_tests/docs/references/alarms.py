"""The alarms of the committed template, and what they watch."""

import json
import re
from pathlib import Path
from typing import Any

from txplatform.contracts.loader import load_contracts
from txplatform_tests.docs.references.page import Page, code, table

_TEMPLATE = Path(__file__).parents[3] / "infra" / "templates" / "data-plane.template.json"
_INTRODUCTION = """# Alarms and metrics

This page is generated from the CloudFormation template. Every alarm publishes to the topic of the output
`AlertsTopicArn`. Missing data raises none of them but `silent`, which waits for a heartbeat a minute through each
entity's stream. A name with `‹entity›` stands for one alarm an entity.
How the functions write their metrics: [trace and metrics](../concepts/trace-and-metrics.md#metrics).

Besides the alarms, the platform and the functions publish alerts to the same topic themselves: one a batch of refused
messages, one a commit with refused rows, one when parity turns red, one when objects keep failing or are abandoned, and
one when a run fails (at most one an hour for a step). Neither alarm nor alert carries a value of a record.
"""


def alarms_page() -> Page:
    """Render one row an alarm, with the entity's name left open."""
    resources: dict[str, Any] = json.loads(_TEMPLATE.read_text(encoding="utf-8"))["Resources"]
    alarms = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::CloudWatch::Alarm"]
    entity = re.compile(rf"(?<![A-Za-z])({'|'.join(map(re.escape, load_contracts()))})(?![A-Za-z])")
    rows = {tuple(entity.sub("‹entity›", cell) for cell in _row(alarm)) for alarm in alarms}
    missing = [alarm["AlarmName"] for alarm in alarms if not alarm.get("AlarmDescription")]
    head = ("alarm", "says", "metric", "from")
    return Page(f"{_INTRODUCTION}\n{table(head, sorted(rows))}\n", tuple(missing))


def _row(alarm: dict[str, Any]) -> tuple[str, ...]:
    if "Metrics" in alarm:
        metric = _calculated(alarm["Metrics"])
    else:
        name = code(f"{alarm['Namespace']} {alarm['MetricName']}")
        metric = f"{alarm['Statistic']} of {name} in {alarm['Period']} s"
    return code(alarm["AlarmName"]), alarm.get("AlarmDescription", ""), metric, f"{alarm['Threshold']:,}"


def _calculated(metrics: list[dict[str, Any]]) -> str:
    """What an alarm calculates of metrics, and which metrics these are."""
    expression = next(code(item["Expression"]) for item in metrics if "Expression" in item)
    named = {item["Id"]: item["MetricStat"] for item in metrics if "MetricStat" in item}
    sums = [
        f"{code(key)}: {stat['Stat']} of {code(stat['Metric']['Namespace'] + ' ' + stat['Metric']['MetricName'])} "
        f"in {stat['Period']} s"
        for key, stat in named.items()
    ]
    return f"{expression}; {', '.join(sums)}"
