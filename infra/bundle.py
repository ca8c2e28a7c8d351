"""What goes into the zip of a Lambda function, and the hash that names it.

A bundle holds sources (`lambdas/__init__.py`, `lambdas/shared`, the function's folder) and the distributions that
`templates/requirements.json` pins; of botocore, which describes some 400 services of AWS, only what the function calls.
It uses the standard library alone, because the local stack needs it where neither aws-cdk-lib nor Node is installed.
"""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from txplatform.contracts.names import Function
from txplatform.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).resolve().parent / "templates"
REQUIREMENTS_LOCK = TEMPLATES / "requirements.json"

_SOURCE_SUFFIXES = {".py", ".json", ".txt"}
_CLIENT = re.compile(rb'\bclient\("([a-z0-9-]+)"\)')  # how a function makes its client of a service
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: equal files give equal bytes
# What the functions run on: bundles, their hash and the functions' own properties follow from these.
LAMBDA_PYTHON = "3.13"
LAMBDA_ARCHITECTURE = "arm64"
LAMBDA_MACHINE = "aarch64"  # what Python and its wheels call that architecture
# glibc 2.34 of Amazon Linux 2023, and every older tag that it runs.
_LAMBDA_PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")


def handler_path(function: Function) -> str:
    """Name the handler as Lambda wants it, from the root of the zip."""
    return f"lambdas.{function.value}.handler.handler"


def asset_files(function: Function) -> dict[str, Path]:
    """List the sources of a function, sorted: path inside the zip to path on disk. Caches are left out."""
    package = ROOT / "lambdas"
    found = [package / "__init__.py", *_sources(package / "shared"), *_sources(package / function.value)]
    return {path.relative_to(ROOT).as_posix(): path for path in sorted(found)}


def locked_requirements(function: Function) -> list[str]:
    """Read the pinned closure of a function's requirements, as `name==version`, sorted by name."""
    return json.loads(REQUIREMENTS_LOCK.read_text(encoding="utf-8"))[function.value]


def aws_services(function: Function) -> list[str]:
    """List the services of AWS that the sources of a function make a client of, sorted."""
    return sorted(
        {name.decode() for path in asset_files(function).values() for name in _CLIENT.findall(path.read_bytes())}
    )


def asset_hash(function: Function) -> str:
    """Hash what a bundle is made of and for. Contents count: every clone gives the same, whatever its line endings."""
    digest = hashlib.sha256(f"{LAMBDA_PYTHON} {LAMBDA_ARCHITECTURE}\0".encode())
    for name, path in asset_files(function).items():
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    digest.update("\n".join([*locked_requirements(function), *aws_services(function)]).encode())
    return digest.hexdigest()


def stable_name(function: Function) -> str:
    """Name a bundle in the committed template, whatever it holds; a deployment by the CDK names it by its hash."""
    return function.value


def function_of_asset(key: str) -> Function:
    """Return the function whose bundle the committed template calls by an object key; raise ConfigurationError."""
    for function in Function:
        if key == f"{stable_name(function)}.zip":
            return function
    raise ConfigurationError(
        f"the template refers to the bundle {key}, which belongs to no function. Remedy: make synth"
    )


def zip_sources(function: Function) -> bytes:
    """Zip the sources of a function, byte for byte repeatable."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in asset_files(function).items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), path.read_bytes())
    return target.getvalue()


def build(function: Function, target: Path, provide: Callable[[list[str], Path], None] | None = None) -> None:
    """Complete a bundle in the directory `target`: the function's files, and the pinned distributions from `provide`.

    By default they are copied from the environment that runs this; a deployment passes `download_for_lambda`. Either
    way the descriptions of services that the function does not call are left out, which are most of botocore.
    """
    for name, path in asset_files(function).items():
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, destination)
    (provide or copy_installed)(locked_requirements(function), target)
    called = aws_services(function)
    for described in target.glob("botocore/data/*/"):
        if described.is_dir() and described.name not in called:
            shutil.rmtree(described)


def copy_installed(requirements: list[str], target: Path) -> None:
    """Copy pinned distributions out of the running environment; raise ConfigurationError where a version differs."""
    for requirement in requirements:
        name, _, version = requirement.partition("==")
        distribution = metadata.distribution(name)
        if distribution.version != version:
            raise ConfigurationError(
                f"{name} {distribution.version} is installed, the lock says {version}. "
                f"Remedy: pip install --no-deps --require-hashes -r constraints-run.txt, or make synth"
            )
        for file in distribution.files or ():
            if _belongs_in_bundle(file):
                destination = target / file
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(str(distribution.locate_file(file))), destination)


def download_for_lambda(requirements: list[str], target: Path) -> None:
    """Install pinned distributions into `target` as Lambda runs them, with pip, wheels only."""
    platforms = [argument for tag in _LAMBDA_PLATFORMS for argument in ("--platform", f"{tag}_{LAMBDA_MACHINE}")]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
            *("--no-deps", "--only-binary", ":all:", "--implementation", "cp", "--python-version", LAMBDA_PYTHON),
            *(*platforms, "--target", str(target)),
            *requirements,
        ],
        check=True,
    )


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in _SOURCE_SUFFIXES and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield path


def _belongs_in_bundle(file: PurePosixPath) -> bool:
    return ".." not in file.parts and "__pycache__" not in file.parts and not file.is_absolute()
