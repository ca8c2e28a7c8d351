"""What a deployment leaves behind for the runtime: outputs, physical ids and the functions with their unpacked code."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from txplatform.local.errors import LocalStackError


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A deployed function. `timeout` is in seconds; `code_dir` holds its unpacked asset, the root of its imports."""

    name: str
    arn: str
    handler: str
    environment: Mapping[str, str]
    timeout: int
    memory_mb: int
    code_dir: Path


@dataclass(frozen=True, slots=True)
class Deployment:
    """The outcome of `deploy`.

    `resource_types` and `physical_ids` are keyed by logical id, `functions` by function name.
    """

    outputs: Mapping[str, str]
    resource_types: Mapping[str, str]
    physical_ids: Mapping[str, str]
    functions: Mapping[str, FunctionSpec]

    def the_only(self, resource_type: str) -> str | None:
        """Return the physical id of the resource of a type, or None without one; raise LocalStackError for two."""
        found = [self.physical_ids[name] for name, kind in self.resource_types.items() if kind == resource_type]
        if len(found) > 1:
            raise LocalStackError(
                f"local stack: the template has {len(found)} resources {resource_type}, and the gateway serves one. "
                f"Remedy: run the others in stacks of their own"
            )
        return found[0] if found else None

    def to_json(self) -> str:
        """Write the deployment as text that `from_json` reads, to hand it to another process."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Deployment":
        """Read what `to_json` wrote."""
        document = json.loads(text)
        functions = {
            name: FunctionSpec(**{**spec, "code_dir": Path(spec["code_dir"])})
            for name, spec in document["functions"].items()
        }
        return cls(**{**document, "functions": functions})
