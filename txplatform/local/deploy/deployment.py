"""What a deployment leaves behind for the runtime: outputs, physical ids and the functions with their unpacked code."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


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
    """The outcome of `deploy`. `physical_ids` is keyed by logical id, `functions` by function name."""

    outputs: Mapping[str, str]
    physical_ids: Mapping[str, str]
    functions: Mapping[str, FunctionSpec]

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
        return cls(outputs=document["outputs"], physical_ids=document["physical_ids"], functions=functions)
