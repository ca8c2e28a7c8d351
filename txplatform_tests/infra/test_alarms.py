"""Alarms: what needs a person raises one, and it watches what it is named after."""

from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.mapping.model import SourceSystem
from txplatform_tests.infra.synthesis import mapping_of, named, of_type

ENTITIES = list(load_contracts())
SYSTEMS = load_systems(load_contracts())
HOUR = 60 * 60


def metrics_of(alarm: dict[str, Any]) -> list[str]:
    if "MetricName" in alarm:
        return [alarm["MetricName"]]
    return [item["MetricStat"]["Metric"]["MetricName"] for item in alarm["Metrics"] if "MetricStat" in item]


def alarms_of(entity: str) -> set[tuple[str, str]]:
    """The name and metric of each alarm that an entity brings."""
    prefix = f"{names.PREFIX}-{entity}"
    return {
        (f"{names.inbound_queue(entity)}-age", "ApproximateAgeOfOldestMessage"),
        (f"{names.inbound_dead_letter_queue(entity)}-depth", "ApproximateNumberOfMessagesVisible"),
        (f"{prefix}-refused", "MessagesRefused"),
        (f"{prefix}-changes-failed", "OnFailureDestinationDeliveredEventCount"),
        (f"{prefix}-changes-dropped", "DroppedEventCount"),
        (f"{prefix}-silent", "Heartbeats"),
        (f"{prefix}-superseded", "MessagesAccepted"),
        (f"{prefix}-superseded", "MessagesSuperseded"),
    }


def alarms_of_system(system: SourceSystem) -> set[tuple[str, str]]:
    """The name and metric of each alarm that a source system brings."""
    alarms = {
        (f"{names.source_queue(system.name)}-age", "ApproximateAgeOfOldestMessage"),
        (f"{names.source_dead_letter_queue(system.name)}-depth", "ApproximateNumberOfMessagesVisible"),
        (f"{names.PREFIX}-source-{system.name}-refused", "MessagesRefused"),
        (f"{names.PREFIX}-source-{system.name}-superseded", "RecordsAccepted"),
        (f"{names.PREFIX}-source-{system.name}-superseded", "RecordsSuperseded"),
    }
    posted = {(f"{names.PREFIX}-source-{system.name}-unverified", "WebhooksUnverified")}
    return alarms | posted if system.webhook else alarms


def test_whatever_needs_a_person_raises_an_alarm(template: dict[str, Any]) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    functions = [names.function_name(function) for function in names.Function]
    assert {(item["AlarmName"], name) for item in alarms for name in metrics_of(item)} == {
        *(alarm for entity in ENTITIES for alarm in alarms_of(entity)),
        *(alarm for system in SYSTEMS.values() for alarm in alarms_of_system(system)),
        *((f"{function}-errors", "Errors") for function in functions),
        *((f"{function}-throttles", "Throttles") for function in functions),
        (f"{names.function_name(names.Function.CDC)}-lag", "IteratorAge"),
        (f"{names.LANDING_QUEUE}-age", "ApproximateAgeOfOldestMessage"),
        (f"{names.LANDING_DEAD_LETTER_QUEUE}-depth", "ApproximateNumberOfMessagesVisible"),
        (f"{names.PREFIX}-api-5xx", "5xx"),
        (f"{names.PREFIX}-key-sets-unread", "KeySetsUnread"),
        *((f"{names.PREFIX}-{prefix}-unrecognised", "ObjectsUnrecognised") for prefix in names.LANE_PREFIXES.values()),
    }
    topic, _ = named(template, "AWS::SNS::Topic", "TopicName", names.ALERTS_TOPIC)
    assert all(item["AlarmActions"] == [{"Ref": topic}] for item in alarms)


def test_an_alarm_watches_the_resource_that_it_is_named_after(template: dict[str, Any]) -> None:
    alarms = {item["AlarmName"]: item for item in of_type(template, "AWS::CloudWatch::Alarm").values()}
    for entity in ENTITIES:
        assert alarms[f"txplatform-{entity}-refused"]["Dimensions"] == [{"Name": "Entity", "Value": entity}]
        table, _ = named(template, "AWS::DynamoDB::Table", "TableName", names.entity_table(entity))
        for suffix in ("failed", "dropped"):
            (dimension,) = alarms[f"txplatform-{entity}-changes-{suffix}"]["Dimensions"]
            mapping = template["Resources"][dimension["Value"]["Fn::GetAtt"][0]]["Properties"]
            assert mapping == mapping_of(template, table)
            assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}  # without it, there are no such metrics
    for function in names.Function:
        name = names.function_name(function)
        assert alarms[f"{name}-errors"]["Dimensions"] == [{"Name": "FunctionName", "Value": name}]
    for system in SYSTEMS:
        refused = alarms[f"txplatform-source-{system}-refused"]
        assert refused["Dimensions"] == [{"Name": "System", "Value": system}]
    lag = alarms[f"{names.function_name(names.Function.CDC)}-lag"]
    assert (lag["Statistic"], lag["Threshold"]) == ("Maximum", HOUR * 1000)


@pytest.mark.parametrize("prefix", names.LANE_PREFIXES.values())
def test_objects_without_a_place_raise_an_alarm(template: dict[str, Any], prefix: str) -> None:
    alarms = {item["AlarmName"]: item for item in of_type(template, "AWS::CloudWatch::Alarm").values()}
    alarm = alarms[f"txplatform-{prefix}-unrecognised"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (names.METRIC_NAMESPACE, "ObjectsUnrecognised")
    assert alarm["Dimensions"] == [{"Name": "Prefix", "Value": prefix}]
    assert "`txplatform ledger list`" in alarm["AlarmDescription"]


@pytest.mark.parametrize(
    ("alarm_name", "counted", "dimension"),
    [
        *((f"txplatform-{entity}-superseded", "Messages", ("Entity", entity)) for entity in ENTITIES),
        *((f"txplatform-source-{system}-superseded", "Records", ("System", system)) for system in SYSTEMS),
    ],
)
def test_a_source_that_sends_nothing_but_what_is_superseded_raises_an_alarm(
    template: dict[str, Any], alarm_name: str, counted: str, dimension: tuple[str, str]
) -> None:
    """All of an hour, and not just a few: a late message now and then is as it should be."""
    _, alarm = named(template, "AWS::CloudWatch::Alarm", "AlarmName", alarm_name)
    (share,) = [item for item in alarm["Metrics"] if item["ReturnData"]]
    assert share["Expression"] == "IF(accepted >= 10, superseded / accepted, 0)"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert alarm["TreatMissingData"] == "notBreaching"
    stats = {item["Id"]: item["MetricStat"] for item in alarm["Metrics"] if "MetricStat" in item}
    assert {key: stat["Metric"]["MetricName"] for key, stat in stats.items()} == {
        "accepted": f"{counted}Accepted",
        "superseded": f"{counted}Superseded",
    }
    for stat in stats.values():
        assert (stat["Stat"], stat["Period"]) == ("Sum", 3600)
        assert stat["Metric"]["Namespace"] == names.METRIC_NAMESPACE
        assert stat["Metric"]["Dimensions"] == [{"Name": dimension[0], "Value": dimension[1]}]
