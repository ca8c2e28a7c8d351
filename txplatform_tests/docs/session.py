"""Plays a document as a reader would: its blocks in order, in one shell, in a copy of the repository.

A fenced block with a title is a file that the reader writes. Commands of the table in `unplayed` are left out.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from txplatform_tests.docs.blocks import Block, Document, commands
from txplatform_tests.docs.unplayed import why_not

_ROOT = Path(__file__).parents[2]
_COPIED = ("txplatform", "lambdas", "infra", "docs", "Makefile", "pyproject.toml", "workspace.yaml",
           "dagster.yaml", "README.md")  # fmt: skip
PLAYED = ("console", "python", "sql")
SECONDS = 420
_NOT_KEPT = ("AWS_", "TXP_", "DAGSTER_", "NO_PROXY", "no_proxy")
_UNREACHABLE = "http://127.0.0.1:9"


def workspace(folder: Path, state: Path) -> Path:
    """A copy of the repository whose `.venv` is this Python's and whose `.txplatform` is that of a running stack."""
    for name in _COPIED:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".txplatform").symlink_to(state)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """What a reader's shell holds before any setting is loaded: nothing of AWS, and a proxy that never answers.

    So a command fails that reaches for another machine, or for this one by way of the proxy.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_KEPT)}
    files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _UNREACHABLE)
    aws = {**files, "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
    return {**kept, **aws, **proxies, "PYTHONPATH": str(folder), "HOME": str(folder)}


def script(document: Document, blocks: Path) -> str:
    """The document as one shell script, which says to stderr where it is; writes its blocks to `blocks`."""
    lines = ["set -euo pipefail"]
    for block in document.blocks:
        if block.title:
            lines += [f"mkdir -p {shlex.quote(str(Path(block.title).parent))}", _copy(block, blocks)]
        elif block.language == "console":
            for command in commands(block):
                if why_not(command.text) is None:
                    lines += [f"echo {shlex.quote('@ ' + command.place)} >&2", command.text]
        elif block.language in PLAYED:
            lines += [f"echo {shlex.quote(f'@ {block.path}:{block.line}')} >&2", _call(block, blocks)]
    return "\n".join(lines) + "\n"


def play(document: Document, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the document in a workspace; the result says where it stopped."""
    blocks = folder / ".blocks"
    blocks.mkdir(exist_ok=True)
    command = ["bash", "-c", script(document, blocks)]
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=SECONDS, check=False
    )


def _written(block: Block, blocks: Path) -> str:
    path = blocks / f"{block.path.replace('/', '_')}_{block.line}"
    path.write_text(block.text, encoding="utf-8")
    return shlex.quote(str(path))


def _copy(block: Block, blocks: Path) -> str:
    return f"cp {_written(block, blocks)} {shlex.quote(block.title)}"


def _call(block: Block, blocks: Path) -> str:
    if block.language == "python":
        return f".venv/bin/python {_written(block, blocks)}"
    return f'.venv/bin/txplatform query "$(cat {_written(block, blocks)})"'
