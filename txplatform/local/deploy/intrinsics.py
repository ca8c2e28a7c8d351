"""Resolves CloudFormation's intrinsic functions: Ref, GetAtt, Join and Sub. Any other is an error."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from txplatform.local.deploy.order import SUBSTITUTION
from txplatform.local.deploy.resource import Created
from txplatform.local.errors import LocalStackError


class Resolver:
    """Turns expressions into values, from parameters and the resources created so far.

    `localise` is applied to every text that an expression results in: what the template computes as the address of an
    AWS host becomes the address of its local stand-in.
    """

    def __init__(self, parameters: Mapping[str, str], localise: Callable[[str], str]) -> None:
        self._parameters = parameters
        self._localise = localise
        self._created: dict[str, Created] = {}

    def add(self, logical_id: str, created: Created) -> None:
        """Make a created resource known."""
        self._created[logical_id] = created

    def resolve(self, node: Any) -> Any:
        """Return `node` with every intrinsic function replaced by its value; raise LocalStackError for unknown ones."""
        if isinstance(node, list):
            return [self.resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        match list(node.items()):
            case [("Ref", str(name))]:
                return self._reference(name)
            case [("Fn::GetAtt", [str(name), str(attribute)])]:
                return self._localise(self._attribute(name, attribute))
            case [("Fn::Join", [str(separator), list(parts)])]:
                return self._localise(separator.join(str(self.resolve(part)) for part in parts))
            case [("Fn::Sub", str(text))]:
                return self._localise(SUBSTITUTION.sub(lambda match: self._substitution(match[1]), text))
        for name in node:
            if name == "Ref" or name.startswith("Fn::"):
                raise LocalStackError(
                    f"the deployer does not resolve this form of {name}: {json.dumps(node, sort_keys=True)}"
                )
        return {name: self.resolve(value) for name, value in node.items()}

    def _substitution(self, name: str) -> str:
        resource, _, attribute = name.partition(".")
        return self._attribute(resource, attribute) if attribute else self._reference(resource)

    def _reference(self, name: str) -> str:
        if name in self._parameters:
            return self._parameters[name]
        return self._resource(name).ref

    def _attribute(self, name: str, attribute: str) -> str:
        attributes = self._resource(name).attributes
        if attribute not in attributes:
            raise LocalStackError(
                f"the deployer knows no attribute {attribute} of {name}; it knows {sorted(attributes)}"
            )
        return attributes[attribute]

    def _resource(self, name: str) -> Created:
        if name not in self._created:
            raise LocalStackError(f"the template refers to {name}, which is neither a resource nor a known parameter")
        return self._created[name]
