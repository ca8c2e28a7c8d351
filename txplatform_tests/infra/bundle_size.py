"""How large a function's bundle is once it is zipped, as Lambda takes it."""

import zipfile
from pathlib import Path
from tempfile import TemporaryFile

MOST_MB = 15  # a larger one takes longer to deploy, and to load where a container starts


def zipped_mb(folder: Path) -> float:
    """The size of a zip of all files of a folder, in megabytes."""
    with TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        return target.tell() / 1_000_000
