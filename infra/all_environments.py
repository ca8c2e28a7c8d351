"""Every environment of the stacks, synthesised and examined by a process of its own, whose names are the environment's.

    python -m infra.all_environments <environment>

synthesises one, prints what cfn-lint has to say of it, and in the last line the names of its resources; it fails where
cdk-nag finds something.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from infra.committed import contracts_folder
from infra.environments import ENVIRONMENTS
from infra.taken_names import taken_names, taken_twice
from txplatform.contracts import installation

Process = subprocess.Popen[str]


def start(environment: str) -> Process:
    """Start the examination of an environment."""
    return subprocess.Popen(
        [sys.executable, "-m", __name__, environment],
        env=os.environ | {installation.VARIABLE: ENVIRONMENTS[environment].installation},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def findings(examinations: Mapping[str, Process], own: Iterable[Mapping[str, Any]]) -> list[str]:
    """Wait for examinations; list what they found, and the names that two environments share. `own` is the rest's."""
    found: list[str] = []
    names = [set().union(*map(taken_names, own))]
    for environment, process in examinations.items():
        *lines, last = process.communicate()[0].splitlines() or [""]
        if process.returncode:
            found.append("\n".join([f"{environment}:", *lines, last]))
        else:
            names.append(set(json.loads(last)))
    return [*found, *(f"two environments have the name of {name}" for name in taken_twice(names))]


def main(environment: str) -> int:
    """Examine an environment in this process."""
    from infra.synth import cfn_lint_findings, synthesise

    templates = synthesise(environment, contracts_folder(), nag=True)
    found = [finding for template in templates.values() for finding in cfn_lint_findings(template)]
    print(*found, sep="\n")
    print(json.dumps(sorted(set().union(*(taken_names(json.loads(text)) for text in templates.values())))))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
