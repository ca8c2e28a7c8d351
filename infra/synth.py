"""Writes the committed templates, or says that they are stale.

    python -m infra.synth [--check] [--nag]

`--check` writes nothing and fails on any difference; `--nag` also runs cdk-nag and cfn-lint over what it synthesised.
The last line of the output is one JSON object with the figures.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra import bundle
from infra.closure import resolve_closure
from txplatform.contracts.names import Function

TEMPLATE_NAME = "data-plane.template.json"
ASSETS_NAME = "assets.json"
LOCK_NAME = bundle.REQUIREMENTS_LOCK.name


def render_lock() -> str:
    """Render the pinned requirements of every function."""
    return _pretty({function.value: resolve_closure(function) for function in Function})


def render_templates(*, nag: bool = False) -> dict[str, str]:
    """Synthesise and return the text of each committed file by name. It reads the lock that is on disk.

    With `nag`, cdk-nag judges the application; an unacknowledged finding raises.
    """
    # CDK's own validation of every property costs 8 s and finds nothing that cfn-lint does not.
    os.environ.setdefault("CDK_VALIDATION", "true" if nag else "false")
    from infra import app as application

    with tempfile.TemporaryDirectory() as outdir:
        app = application.build_app(application.PRODUCTION, Path(outdir), application.BUNDLES)
        if nag:
            from aws_cdk import Validations
            from cdk_nag import AwsSolutionsChecks

            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        template = app.synth().get_stack_by_name(application.STACK_NAME).template
    assets = {bundle.asset_hash(function): function.value for function in Function}
    return {TEMPLATE_NAME: _pretty(template), ASSETS_NAME: _pretty(assets), LOCK_NAME: render_lock()}


def stale_files(rendered: dict[str, str]) -> list[str]:
    """Name the committed files that differ from what was rendered."""
    return [name for name, text in rendered.items() if _committed(name) != text]


def main(arguments: list[str]) -> int:
    """Write or check the templates; return the exit status."""
    check, nag = "--check" in arguments, "--nag" in arguments
    if not check:
        _write(LOCK_NAME, render_lock())
    rendered = render_templates(nag=nag)
    stale = stale_files(rendered)
    if not check:
        for name in stale:
            _write(name, rendered[name])
    lint = _cfn_lint(rendered[TEMPLATE_NAME]) if nag else 0
    resources = json.loads(rendered[TEMPLATE_NAME])["Resources"]
    ok = lint == 0 and not (check and stale)
    if check and stale:
        print(f"stale: {', '.join(stale)}. Remedy: make synth, and commit infra/templates")
    figures = {"resources": len(resources), "stale": len(stale), "lint_status": lint}
    bounds = {"stale": 0 if check else None, "lint_status": 0, "resources": 500}
    print(json.dumps({"name": "synth", "figures": figures, "bounds": bounds, "ok": ok}))
    return 0 if ok else 1


def _cfn_lint(template: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / TEMPLATE_NAME
        path.write_text(template, encoding="utf-8")
        return subprocess.run([sys.executable, "-m", "cfnlint", str(path)], check=False).returncode


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _committed(name: str) -> str | None:
    path = bundle.TEMPLATES / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def _write(name: str, text: str) -> None:
    bundle.TEMPLATES.mkdir(exist_ok=True)
    (bundle.TEMPLATES / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
