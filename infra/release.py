"""The version of the platform that is deployed."""

import tomllib
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
RELEASE: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
