"""The heartbeat of every entity's stream, and the alarm on its silence, read from the committed template."""

import json
from typing import Any

from lambdas.shared.record_key import record_key
from txplatform.contracts import names
from txplatform_tests.infra.synthesis import of_type
from txplatform_tests.infra.test_data_plane import ENTITIES


def test_a_heartbeat_that_does_not_arrive_raises_an_alarm_that_names_the_bootstrap(template: dict[str, Any]) -> None:
    alarms = {item["AlarmName"]: item for item in of_type(template, "AWS::CloudWatch::Alarm").values()}
    for entity in ENTITIES:
        alarm = alarms[f"txplatform-{entity}-silent"]
        assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
        assert (alarm["Statistic"], alarm["Threshold"], alarm["Dimensions"]) == (
            "Sum",
            1,
            [{"Name": "Entity", "Value": entity}],
        )
        assert alarm["Period"] * alarm["EvaluationPeriods"] == 600
        assert f"`txplatform bootstrap {entity}`" in alarm["AlarmDescription"]


def test_a_heartbeat_goes_into_every_table_each_minute_and_is_no_record(template: dict[str, Any]) -> None:
    (schedule,) = of_type(template, "AWS::Scheduler::Schedule").values()
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    requests = json.loads(schedule["Target"]["Input"])["RequestItems"]
    assert sorted(requests) == sorted(names.entity_table(entity) for entity in ENTITIES)
    for [request] in requests.values():
        item = request["PutRequest"]["Item"]
        assert item["_deleted"] == {"BOOL": True}
        assert item["pk"]["S"] != record_key(["key"], {"key": item["pk"]["S"]}), "a record would escape the slash"
