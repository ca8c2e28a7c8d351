"""Reads the Dockerfile, and runs the steps of its first stage in a folder that stands for the root of the image."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.bundle import ROOT

PATH = ROOT / "Dockerfile"
_OF_THE_IMAGE = "/opt/"  # where the Dockerfile puts everything


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction with its arguments, on one line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, arguments = line.partition(" ")
        yield word, " ".join(arguments.split())


def stages(text: str) -> list[list[tuple[str, str]]]:
    """The instructions of each stage; a stage begins with FROM."""
    found: list[list[tuple[str, str]]] = [[]]
    for word, arguments in instructions(text):
        if word == "FROM":
            found.append([])
        found[-1].append((word, arguments))
    return found[1:]


def build(context: Path, root: Path) -> None:
    """Run the first stage, with `root` for / and this Python for the base's; its other programs are this machine's."""
    folder = root
    for word, arguments in stages(PATH.read_text(encoding="utf-8"))[0]:
        match word:
            case "FROM":
                continue
            case "WORKDIR":
                folder = Path(_placed(arguments, root))
                folder.mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = arguments.split()
                for source in sources:
                    _copy(context / source, folder / target)
            case "RUN":
                command = _placed(arguments, root).replace("python3 ", f"{shlex.quote(sys.executable)} ")
                subprocess.run(["/bin/sh", "-ec", command], cwd=folder, check=True)
            case _:
                raise AssertionError(f"the Dockerfile has {word} {arguments}, which this does not know")


def _placed(text: str, root: Path) -> str:
    return text.replace(_OF_THE_IMAGE, f"{root}{_OF_THE_IMAGE}")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target / source.name if target.is_dir() else target)
