"""Writes the committed templates, or says that they are stale.

    python -m infra.synth [--check] [--nag]

They are those of production, whose names the local stack has too. The contracts are those of the folder that
TXP_CONTRACTS_DIR names, by default the shipped ones. `--check` writes nothing and fails on any difference; `--nag` also
runs cdk-nag and cfn-lint over what every environment synthesises to. The last line of the output is one JSON object
with the figures.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra import all_environments, bundle
from infra.closure import resolve_closure
from infra.committed import (
    ORCHESTRATION_STACK_NAME,
    ORCHESTRATION_TEMPLATE_NAME,
    STACK_NAME,
    TEMPLATE_NAME,
    contracts_folder,
    synthesis,
    template_path,
)
from infra.environments import ENVIRONMENTS
from infra.image import STABLE_NAME, Image
from txplatform.contracts.names import Function
from txplatform.errors import PlatformError

LOCK_NAME = bundle.REQUIREMENTS_LOCK.name
STACKS = {TEMPLATE_NAME: STACK_NAME, ORCHESTRATION_TEMPLATE_NAME: ORCHESTRATION_STACK_NAME}
COMMITTED = "prod"  # the environment whose templates are committed
MOST_RESOURCES = 500  # that CloudFormation allows a stack


def render_lock() -> str:
    """Render the pinned requirements of every function."""
    return _pretty({function.value: resolve_closure(function) for function in Function})


def synthesise(environment: str, contracts: Path | None = None, *, nag: bool = False) -> dict[str, str]:
    """Synthesise an environment for a folder of contracts; return the text of each template by its name.

    With `nag`, cdk-nag checks the application; an unacknowledged finding raises.
    """
    # CDK's own validation of every property costs 8 s and finds nothing that cfn-lint does not.
    os.environ.setdefault("CDK_VALIDATION", "true" if nag else "false")
    from infra import app as application
    from infra.constructs.function import Bundles

    bundles = Bundles(application.BUNDLES, bundle.stable_name)
    image = Image(application.IMAGE, STABLE_NAME, own_contracts=contracts is not None)
    with tempfile.TemporaryDirectory() as outdir:
        app = application.build_app(application.ENVIRONMENTS[environment], Path(outdir), bundles, image, contracts)
        if nag:
            from aws_cdk import Validations
            from cdk_nag import AwsSolutionsChecks

            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        assembly = app.synth()
        return {name: _pretty(assembly.get_stack_by_name(stack).template) for name, stack in STACKS.items()}


def render_templates(contracts: Path | None = None, *, nag: bool = False) -> dict[str, str]:
    """Return the text of each committed file by name: production's templates, and the lock, which is read on disk."""
    return synthesise(COMMITTED, contracts, nag=nag) | {LOCK_NAME: render_lock()}


def stale_files(rendered: dict[str, str], contracts: Path | None = None) -> list[str]:
    """Name the committed files that differ from what was rendered."""
    return [name for name, text in rendered.items() if _committed(_path(name, contracts)) != text]


def cfn_lint_findings(template: str) -> list[str]:
    """List what cfn-lint has to say about a template, in the region where most features are."""
    from cfnlint.api import ManualArgs, lint

    return [str(match) for match in lint(template, config=ManualArgs(regions=["us-east-1"]))]


def main(arguments: list[str]) -> int:
    """Write or check the templates; return the exit status."""
    check, nag, contracts = "--check" in arguments, "--nag" in arguments, contracts_folder()
    if not check:
        _write(bundle.REQUIREMENTS_LOCK, render_lock())
    examined = {name: all_environments.start(name) for name in ENVIRONMENTS if name != COMMITTED} if nag else {}
    try:
        rendered = render_templates(contracts, nag=nag)
    # RuntimeError is what jsii raises for whatever the CDK refuses; its report is printed already.
    except (PlatformError, RuntimeError) as error:
        print(f"synthesis failed: {str(error).splitlines()[0]}")
        return _report({"synthesised": 0}, {"synthesised": 1}, ok=False)
    differing = stale_files(rendered, contracts)
    if not check:
        for name in differing:
            _write(_path(name, contracts), rendered[name])
    elif differing:
        print(f"stale: {', '.join(differing)}. Remedy: {synthesis(contracts)}, and commit what it writes")
    others = all_environments.findings(examined, [json.loads(rendered[name]) for name in STACKS])
    findings = [item for name in STACKS if nag for item in cfn_lint_findings(rendered[name])] + others
    print(*findings, sep="\n", end="\n" if findings else "")
    figures = {
        "synthesised": 1,
        "resources": _resources(rendered[TEMPLATE_NAME]),
        "orchestration_resources": _resources(rendered[ORCHESTRATION_TEMPLATE_NAME]),
        "stale": len(differing) if check else 0,
        "written": 0 if check else len(differing),
        "cfn_lint_findings": len(findings) - len(others),
        "findings_of_other_environments": len(others),
    }
    bounds = {
        "synthesised": 1,
        "resources": MOST_RESOURCES,
        "orchestration_resources": MOST_RESOURCES,
        "stale": 0,
        "cfn_lint_findings": 0,
        "findings_of_other_environments": 0,
    }
    return _report(figures, bounds, ok=all(figures[name] <= bound for name, bound in bounds.items()))


def _resources(template: str) -> int:
    return len(json.loads(template)["Resources"])


def _report(figures: dict[str, int], bounds: dict[str, int], *, ok: bool) -> int:
    print(json.dumps({"name": "synth", "figures": figures, "bounds": bounds, "ok": ok}))
    return 0 if ok else 1


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _path(name: str, contracts: Path | None) -> Path:
    """Where a committed file is: templates with their contracts, the lock with the code."""
    return bundle.TEMPLATES / name if name == LOCK_NAME else template_path(contracts).with_name(name)


def _committed(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
