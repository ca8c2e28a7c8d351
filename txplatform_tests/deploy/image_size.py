"""Measures what the Dockerfile's steps make: python -m txplatform_tests.deploy.image_size

The base, Python with Debian's few packages, comes to it. The last line is one JSON object with the figures.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.image import stage
from txplatform_tests.deploy import dockerfile

MOST_MIB = 1000
_LARGEST = 8


def measure(folder: Path) -> dict[str, float]:
    """Build in a folder; return MiB of the whole and of its parts, and of the largest libraries."""
    root = folder / "root"
    dockerfile.build(stage(folder / "context").folder, root)
    (packages,) = (root / "opt" / "venv" / "lib").glob("python3.*/site-packages")
    libraries = {path.name: _mib(path) for path in packages.iterdir() if path.is_dir()}
    for name in sorted(libraries, key=libraries.__getitem__, reverse=True)[:_LARGEST]:
        print(f"{libraries[name]:8.1f} MiB  {name}")
    return {
        "mib": _mib(root),
        "libraries_mib": _mib(packages),
        "platform_mib": _mib(root / "opt" / "txplatform"),
        "import_seconds": _import_seconds(root),
    }


def _mib(folder: Path) -> float:
    return round(sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) / 2**20, 1)


def _import_seconds(root: Path) -> float:
    """Load the definitions with the libraries of the image alone; return the CPU time."""
    script = "import time, txplatform.definitions, dagster_aws.ecs, dagster_postgres; print(time.process_time())"
    done = subprocess.run(
        [root / "opt" / "venv" / "bin" / "python", "-I", "-c", f"import sys; sys.path.insert(0, '.'); {script}"],
        cwd=root / "opt" / "txplatform",
        env={"DAGSTER_HOME": str(root / "opt" / "dagster")},
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(done.stdout), 2)


def main() -> int:
    """Print the figures; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    ok = figures["mib"] <= MOST_MIB
    print(json.dumps({"name": "image_size", "figures": figures, "bounds": {"mib": MOST_MIB}, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
