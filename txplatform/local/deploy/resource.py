"""What a handler is given, properties that must all be used, and what it gives back, a reference with attributes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from txplatform.local.deploy.assets import AssetStore
from txplatform.local.deploy.deployment import FunctionSpec
from txplatform.local.errors import LocalStackError


@dataclass(frozen=True, slots=True)
class Created:
    """A created resource: the value of Ref, and the attributes for Fn::GetAtt."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Properties:
    """Resolved properties of a resource, or of a part of one. One that nobody took is an error, not a silent loss."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def take(self, name: str, default: Any = None) -> Any:
        """Take a property out, or `default` where it is absent."""
        return self._values.pop(name, default)

    def require(self, name: str) -> Any:
        """Take a property out; raise LocalStackError where it is absent."""
        if name not in self._values:
            raise LocalStackError(f"{self.where}: property {name} is missing")
        return self._values.pop(name)

    def pick(self, *names: str) -> dict[str, Any]:
        """Take out those of `names` that are present, under their own names."""
        return {name: self._values.pop(name) for name in names if name in self._values}

    def part(self, name: str) -> "Properties":
        """Take out a nested part, empty where it is absent; `finish` it too."""
        return Properties(f"{self.where}.{name}", self._values.pop(name, {}))

    def parts(self, name: str) -> list["Properties"]:
        """Take out a list of nested parts; `finish` each."""
        return [
            Properties(f"{self.where}.{name}[{index}]", values)
            for index, values in enumerate(self._values.pop(name, []))
        ]

    def __bool__(self) -> bool:
        return bool(self._values)

    def finish(self) -> None:
        """Raise LocalStackError if a property is left."""
        if self._values:
            raise LocalStackError(f"{self.where}: the deployer does not handle {', '.join(sorted(self._values))}")


@dataclass(frozen=True, slots=True)
class Context:
    """What handlers share. `functions` collects the deployed functions by name."""

    client: Callable[[str], Any]
    account: str
    region: str
    stack_name: str
    assets: AssetStore
    functions: dict[str, FunctionSpec] = field(default_factory=dict)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


Handler = Callable[[Context, str, Properties], Created]
"""Creates a resource from the context, its logical id and its properties."""
