"""The committed template: what is deployed where there is no CDK, on the local AWS for example.

Each folder of contracts has one: the shipped contracts here, any other folder in its own folder `templates`. It calls
each function's bundle by a stable name, not by a hash of its contents: an edit of a function does not change it. It
needs the standard library alone.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra import bundle
from txplatform.contracts.names import CONTRACTS_VARIABLE, PREFIX
from txplatform.errors import ConfigurationError

STACK_NAME = f"{PREFIX}-data-plane"
ORCHESTRATION_STACK_NAME = f"{PREFIX}-orchestration"
TEMPLATE_NAME = "data-plane.template.json"
# Of production alone: the local stack has Dagster as processes, with no network, no database server and no log-in.
ORCHESTRATION_TEMPLATE_NAME = "orchestration.template.json"


def contracts_folder(env: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of contracts that is to be synthesised; None for the shipped ones."""
    folder = env.get(CONTRACTS_VARIABLE)
    return Path(folder).resolve() if folder else None


def template_path(contracts: Path | None = None) -> Path:
    """Where the template of a folder of contracts is, by default that of the shipped ones."""
    folder = bundle.TEMPLATES if contracts is None else contracts / "templates"
    return folder / TEMPLATE_NAME


def load_template(contracts: Path | None = None) -> dict[str, Any]:
    """Read the committed template of a folder of contracts; raise ConfigurationError where there is none."""
    path = template_path(contracts)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: there is no template. Remedy: {synthesis(contracts)}") from error


def synthesis(contracts: Path | None) -> str:
    """The command that writes the template of a folder of contracts."""
    return "make synth" if contracts is None else f"{CONTRACTS_VARIABLE}={contracts} make synth"
