"""Intrinsic functions: those that the template uses resolve, any other is an error."""

from typing import Any

import pytest

from txplatform.local.deploy.intrinsics import Resolver
from txplatform.local.deploy.resource import Created
from txplatform.local.errors import LocalStackError

API = {"Fn::GetAtt": ["Api", "ApiEndpoint"]}


def localise(text: str) -> str:
    return text.replace("https://aws", "http://local")


@pytest.fixture
def resolver() -> Resolver:
    resolver = Resolver({"AWS::Region": "eu-central-1", "AWS::AccountId": "111122223333"}, localise)
    resolver.add("Queue", Created("https://queue", {"Arn": "arn:queue"}))
    resolver.add("Api", Created("api-1", {"ApiEndpoint": "https://aws"}))
    return resolver


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("text", "text"),
        (7, 7),
        (True, True),
        ({"Ref": "Queue"}, "https://queue"),
        ({"Ref": "AWS::Region"}, "eu-central-1"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::AccountId"}, 1]]}, "a-111122223333-1"),
        ({"Fn::Sub": "b-${AWS::Region}-${Queue}-${Queue.Arn}"}, "b-eu-central-1-https://queue-arn:queue"),
        ({"a": [{"b": {"Ref": "Queue"}}]}, {"a": [{"b": "https://queue"}]}),
    ],
)
def test_expressions_resolve(resolver: Resolver, expression: Any, value: Any) -> None:
    assert resolver.resolve(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        {"Ref": "Queue", "other": 1},
        {"Fn::ImportValue": "x"},
        {"Fn::If": ["Wanted", 1, 2]},
        {"Fn::Sub": ["${x}", {"x": "1"}]},
        {"Fn::GetAtt": "Queue.Arn"},
        {"nested": [{"Fn::Cidr": ["10.0.0.0/8", 1]}]},
    ],
)
def test_other_forms_are_refused(resolver: Resolver, expression: Any) -> None:
    with pytest.raises(LocalStackError, match=r"does not resolve this form of (Fn::|Ref)"):
        resolver.resolve(expression)


def test_an_unknown_resource_is_refused(resolver: Resolver) -> None:
    with pytest.raises(LocalStackError, match="refers to Nobody"):
        resolver.resolve({"Ref": "Nobody"})


def test_an_unknown_attribute_is_refused(resolver: Resolver) -> None:
    with pytest.raises(LocalStackError, match="knows no attribute Url of Queue"):
        resolver.resolve({"Fn::GetAtt": ["Queue", "Url"]})


def test_the_address_of_an_aws_host_becomes_local_wherever_it_results(resolver: Resolver) -> None:
    assert resolver.resolve({"env": {"URL": API, "ID": {"Ref": "Api"}}}) == {
        "env": {"URL": "http://local", "ID": "api-1"}
    }
    assert resolver.resolve({"Fn::Join": ["", [API, "/v1"]]}) == "http://local/v1"
    assert resolver.resolve({"Fn::Join": ["", ["https://", "aws"]]}) == "http://local"
    assert resolver.resolve({"Fn::Sub": "${Api.ApiEndpoint}/v1"}) == "http://local/v1"
