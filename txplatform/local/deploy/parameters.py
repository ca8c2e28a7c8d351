"""The values of a template's parameters: those that the deployment gives, else their defaults."""

import re
from collections.abc import Mapping
from typing import Any

from txplatform.local.errors import LocalStackError

_KNOWN = {"Type", "Default", "AllowedPattern", "Description", "MaxLength"}


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return each declared parameter's value; raise LocalStackError for one that CloudFormation would refuse."""
    unknown = given.keys() - declared.keys()
    if unknown:
        raise LocalStackError(f"the template has no parameters {', '.join(sorted(unknown))}")
    return {name: _value(name, declaration, given.get(name)) for name, declaration in declared.items()}


def _value(name: str, declaration: Mapping[str, Any], given: str | None) -> str:
    unknown = declaration.keys() - _KNOWN
    if unknown or declaration["Type"] != "String":
        raise LocalStackError(f"parameter {name}: the deployer handles texts with {', '.join(sorted(_KNOWN))} alone")
    value = declaration.get("Default") if given is None else given
    if value is None:
        raise LocalStackError(f"parameter {name} has neither a value nor a default")
    if len(value) > declaration.get("MaxLength", len(value)):
        raise LocalStackError(f"parameter {name} is longer than {declaration['MaxLength']} characters")
    if not re.fullmatch(declaration.get("AllowedPattern", r"[\s\S]*"), value):
        raise LocalStackError(f"parameter {name} does not match its pattern {declaration['AllowedPattern']}")
    return value
