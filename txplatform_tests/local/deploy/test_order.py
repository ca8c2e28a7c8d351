"""The order of creation: nothing before what it mentions."""

from typing import Any

import pytest

from infra import committed
from txplatform.local.deploy.order import creation_order, mentions
from txplatform.local.errors import LocalStackError


def resource(properties: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "T", "Properties": properties, **more}


def test_references_of_every_kind_come_first() -> None:
    resources = {
        "E": resource({}, DependsOn=["D"]),
        "D": resource({"x": {"Fn::Sub": "${C.Arn}-${AWS::Region}"}}),
        "C": resource({"x": [{"Fn::Join": ["", [{"Fn::GetAtt": ["B", "Arn"]}]]}]}),
        "B": resource({"x": {"y": {"Ref": "A"}}}),
        "A": resource({}),
    }
    assert creation_order(resources) == ["A", "B", "C", "D", "E"]


def test_a_single_dependency_may_be_text() -> None:
    assert creation_order({"B": resource({}, DependsOn="A"), "A": resource({})}) == ["A", "B"]


def test_a_cycle_is_named() -> None:
    resources = {"A": resource({"x": {"Ref": "B"}}), "B": resource({"x": {"Ref": "A"}})}
    with pytest.raises(LocalStackError, match=r"depend on each other: (A → B → A|B → A → B)"):
        creation_order(resources)


def test_the_committed_template_is_in_order() -> None:
    resources = committed.load_template()["Resources"]
    order = creation_order(resources)
    assert sorted(order) == sorted(resources)
    position = {logical_id: index for index, logical_id in enumerate(order)}
    for logical_id, item in resources.items():
        for name in mentions(item.get("Properties", {})):
            assert position.get(name, -1) < position[logical_id]
