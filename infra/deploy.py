"""Deploys an environment, shows what that would change, or takes it down: the CDK's command line, on the packaged Node.

    python -m infra.deploy <deploy | diff | destroy> <environment> [options of the CDK]
    python -m infra.deploy bootstrap aws://<account>/<region>

Each but the last synthesises first. What belongs to the account (certificate, log-in) is in
deploy/parameters/<environment>.json. What has been deployed is written to build/<environment>.json and, as settings of
the platform, to build/<environment>.env; a difference to build/diff-<environment>.txt.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.bundle import ROOT
from infra.environments import ENVIRONMENTS, Environment
from infra.exports import settings_of
from infra.node import NODE, NPX
from txplatform.contracts import installation
from txplatform.errors import ConfigurationError

CDK = "aws-cdk@2.1146.1"  # of the npm registry; it reads the assemblies of the aws-cdk-lib in constraints.txt
BUILD = ROOT / "build"
PARAMETERS = ROOT / "deploy" / "parameters"
_STACKS = ("data-plane", "orchestration")
_OPTIONS = {"deploy": ("--all", "--require-approval", "never"), "diff": ("--all",), "destroy": ("--all",)}


def _environment(name: str) -> Environment:
    if name not in ENVIRONMENTS:
        raise ConfigurationError(f"there is no environment {name!r}. Remedy: ENV= one of {', '.join(ENVIRONMENTS)}")
    return ENVIRONMENTS[name]


def cdk_command(action: str, environment: Environment, assembly: Path, options: Sequence[str]) -> list[str]:
    """The CDK's command for an action on an assembly, run by npx; raise ConfigurationError."""
    if action not in _OPTIONS:
        raise ConfigurationError(f"there is no action {action}. Remedy: one of {', '.join(_OPTIONS)}")
    deploying = action == "deploy"
    outputs = ["--outputs-file", str(BUILD / f"{environment.name}.json")] if deploying else []
    parameters = _parameters(environment) if deploying else []
    return [*NPX, "--yes", CDK, action, "--app", str(assembly), *_OPTIONS[action], *outputs, *parameters, *options]


def _parameters(environment: Environment) -> list[str]:
    path = PARAMETERS / f"{environment.name}.json"
    if not path.exists():
        return []  # CloudFormation keeps those of the deployment before
    document = json.loads(path.read_text(encoding="utf-8"))
    unknown = sorted(document.keys() - set(_STACKS))
    if unknown:
        raise ConfigurationError(f"{path}: there is no stack {', '.join(unknown)}. Remedy: {' and '.join(_STACKS)}")
    given = [(stack, name, value) for stack, values in document.items() for name, value in values.items()]
    return [
        part
        for stack, name, value in given
        for part in ("--parameters", f"{environment.installation}-{stack}:{name}={value}")
    ]


def settings_text(environment: Environment, outputs: Mapping[str, Mapping[str, str]]) -> str:
    """Write the settings of a deployed environment as a shell reads them."""
    data_plane = outputs[f"{environment.installation}-data-plane"]
    values = {installation.VARIABLE: environment.installation, **settings_of(data_plane)}
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def _diff(command: Sequence[str], variables: Mapping[str, str], kept: Path) -> int:
    """Print what the CDK prints, and keep it in a file: a comment on a pull request shows it."""
    done = subprocess.run(
        command, check=False, env=variables, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout)
    kept.write_text(done.stdout, encoding="utf-8")
    return done.returncode


def main(arguments: Sequence[str]) -> int:
    """Synthesise, and hand the rest to the CDK; return the exit status."""
    action, name, *options = arguments
    variables = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    if action == "bootstrap":  # of an account and region, whatever is deployed there
        return subprocess.run([*NPX, "--yes", CDK, action, name, *options], check=False, env=variables).returncode
    assembly = BUILD / f"assembly-{name}"
    try:
        environment = _environment(name)
        command = cdk_command(action, environment, assembly, options)
    except ConfigurationError as error:
        print(error)
        return 2
    variables[installation.VARIABLE] = environment.installation
    subprocess.run([sys.executable, "-m", "infra.app", name, str(assembly)], check=True, env=variables, cwd=ROOT)
    if action == "diff":
        return _diff(command, variables, BUILD / f"diff-{name}.txt")
    status = subprocess.run(command, check=False, env=variables, cwd=ROOT).returncode
    written = BUILD / f"{name}.json"
    if action == "deploy" and status == 0 and written.exists():
        text = settings_text(environment, json.loads(written.read_text(encoding="utf-8")))
        (BUILD / f"{name}.env").write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
