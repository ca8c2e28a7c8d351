"""Writes the committed templates, or says that they are stale.

    python -m infra.synth [--check] [--nag]

The contracts are those of the folder that TXP_CONTRACTS_DIR names, by default the shipped ones.
`--check` writes nothing and fails on any difference; `--nag` also runs cdk-nag and cfn-lint over what it synthesised.
The last line of the output is one JSON object with the figures.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra import bundle
from infra.closure import resolve_closure
from infra.committed import STACK_NAME, TEMPLATE_NAME, contracts_folder, synthesis, template_path
from txplatform.contracts.names import Function
from txplatform.errors import PlatformError

LOCK_NAME = bundle.REQUIREMENTS_LOCK.name


def render_lock() -> str:
    """Render the pinned requirements of every function."""
    return _pretty({function.value: resolve_closure(function) for function in Function})


def render_templates(contracts: Path | None = None, *, nag: bool = False) -> dict[str, str]:
    """Synthesise a folder of contracts; return the text of each committed file by name. It reads the lock on disk.

    With `nag`, cdk-nag checks the application; an unacknowledged finding raises.
    """
    # CDK's own validation of every property costs 8 s and finds nothing that cfn-lint does not.
    os.environ.setdefault("CDK_VALIDATION", "true" if nag else "false")
    from infra import app as application
    from infra.constructs.function import Bundles

    bundles = Bundles(application.BUNDLES, bundle.stable_name)
    with tempfile.TemporaryDirectory() as outdir:
        app = application.build_app(application.PRODUCTION, Path(outdir), bundles, contracts)
        if nag:
            from aws_cdk import Validations
            from cdk_nag import AwsSolutionsChecks

            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        template = app.synth().get_stack_by_name(STACK_NAME).template
    return {TEMPLATE_NAME: _pretty(template), LOCK_NAME: render_lock()}


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
    findings = cfn_lint_findings(rendered[TEMPLATE_NAME]) if nag else []
    print(*findings, sep="\n", end="\n" if findings else "")
    figures = {
        "synthesised": 1,
        "resources": len(json.loads(rendered[TEMPLATE_NAME])["Resources"]),
        "stale": len(differing) if check else 0,
        "written": 0 if check else len(differing),
        "cfn_lint_findings": len(findings),
    }
    bounds = {"synthesised": 1, "resources": 500, "stale": 0, "cfn_lint_findings": 0}
    return _report(figures, bounds, ok=not figures["stale"] and not findings and figures["resources"] <= 500)


def _report(figures: dict[str, int], bounds: dict[str, int], *, ok: bool) -> int:
    print(json.dumps({"name": "synth", "figures": figures, "bounds": bounds, "ok": ok}))
    return 0 if ok else 1


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _path(name: str, contracts: Path | None) -> Path:
    """Where a committed file is: the template with its contracts, the lock with the code."""
    return template_path(contracts) if name == TEMPLATE_NAME else bundle.TEMPLATES / name


def _committed(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
