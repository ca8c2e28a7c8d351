"""Parameters of a template: given, by default, or refused as CloudFormation would."""

from typing import Any

import pytest

from txplatform.local.deploy.parameters import parameter_values
from txplatform.local.errors import LocalStackError

LIST = {"Type": "String", "Default": "[]", "AllowedPattern": r"\[[\s\S]*\]", "Description": "A list."}


def test_a_parameter_has_what_is_given_or_its_default() -> None:
    assert parameter_values({"A": LIST, "B": LIST}, {"A": "[1,\n2]"}) == {"A": "[1,\n2]", "B": "[]"}


@pytest.mark.parametrize(
    ("declared", "given", "says"),
    [
        ({}, {"A": "x"}, "no parameters A"),
        ({"A": {"Type": "String"}}, {}, "neither a value nor a default"),
        ({"A": LIST}, {"A": "x"}, "does not match its pattern"),
        ({"A": LIST | {"MaxLength": 5}}, {"A": "[1, 2]"}, "longer than 5 characters"),
        ({"A": {"Type": "Number"}}, {"A": "1"}, "handles texts"),
        ({"A": LIST | {"NoEcho": True}}, {}, "handles texts"),
    ],
)
def test_what_is_refused(declared: dict[str, Any], given: dict[str, str], says: str) -> None:
    with pytest.raises(LocalStackError, match=says):
        parameter_values(declared, given)
