"""Reads a template's policies as grants: an action and a resource in words, such as `Table txplatform-trades`."""

from collections.abc import Iterable
from itertools import product
from typing import Any

Grant = tuple[str, str]

# What a resource is called by; one without a name of its own is called by its type.
_NAMES = (
    *("TableName", "QueueName", "TopicName", "BucketName", "LogGroupName", "FunctionName", "ClusterName"),
    *("Family", "DBInstanceIdentifier", "Name"),
)
_GLOBAL = {"AWS::AccountId": "<account>", "AWS::Partition": "aws", "AWS::Region": "<region>"}


def as_list(value: Any) -> list[Any]:
    """What CloudFormation writes as one value where a list has one item."""
    return value if isinstance(value, list) else [value]


def grants(template: dict[str, Any], statements: Iterable[dict[str, Any]]) -> set[Grant]:
    """List what the statements allow."""
    allowed = [item for item in statements if item["Effect"] == "Allow"]
    return {
        (action, in_words(template, resource))
        for item in allowed
        for action, resource in product(as_list(item["Action"]), as_list(item["Resource"]))
    }


def pairs(actions: Iterable[str], resources: Iterable[str]) -> set[Grant]:
    """Every action on every resource."""
    return set(product(actions, resources))


def in_words(template: dict[str, Any], expression: Any) -> str:
    """Write an expression that names a resource."""
    match expression:
        case str(text):
            return text
        case {"Ref": name} if name in _GLOBAL:
            return _GLOBAL[name]
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
            return _called(template, name)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{_called(template, name)} {attribute}"
        case {"Fn::Join": [str(separator), parts]}:
            return separator.join(in_words(template, part) for part in parts)
        case {"Fn::ImportValue": str(name)}:
            return name
        case {"Fn::Sub": str(text)}:
            return text.replace("${AWS::AccountId}", "<account>").replace("${AWS::Region}", "<region>")
    raise AssertionError(f"no words for {expression}")


def _called(template: dict[str, Any], logical_id: str) -> str:
    resource = template["Resources"][logical_id]
    kind = resource["Type"].rsplit("::", 1)[-1]
    names = [in_words(template, resource["Properties"][key]) for key in _NAMES if key in resource["Properties"]]
    return " ".join([kind, *names[:1]])
