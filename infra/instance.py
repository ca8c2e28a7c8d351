"""Composes production's instance of Dagster: the shared dagster.yaml, with the sections of deploy/dagster.yaml in it.

    python -m infra.instance <target>

writes it; the image does so when it is built.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from infra.bundle import ROOT

SHARED = ROOT / "dagster.yaml"
PRODUCTION = ROOT / "deploy" / "dagster.yaml"
WORKSPACE = ROOT / "deploy" / "workspace.yaml"


def instance_config() -> dict[str, Any]:
    """Return the sections; each is of one file, as a whole."""
    shared, production = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (SHARED, PRODUCTION))
    return {**shared, **production}


def variables_named(document: Any) -> set[str]:
    """Name the variables of the environment that a file of Dagster's asks for."""
    if isinstance(document, list):
        return set().union(*map(variables_named, document))
    if not isinstance(document, dict):
        return set()
    if list(document) == ["env"]:
        return {document["env"]}
    return set().union(*map(variables_named, document.values()))


def main(target: str) -> None:
    """Write the instance's file."""
    Path(target).write_text(yaml.safe_dump(instance_config(), sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
