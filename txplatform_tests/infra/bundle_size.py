"""How large a function's bundle is once it is zipped, as Lambda takes it."""

import hashlib
import zlib
from pathlib import Path

MOST_MB = 15  # a larger one takes longer to deploy, and to load where a container starts
_HEADERS = 30 + 46  # bytes of a file's two headers in a zip, each with its name
_deflated: dict[bytes, int] = {}  # by digest: bundles have most of their files in common


def zipped_mb(folder: Path) -> float:
    """The size of a zip of all files of a folder, in megabytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = sum(len(path.relative_to(folder).as_posix().encode()) for path in files)
    return (sum(_deflated_bytes(path) for path in files) + 2 * names + _HEADERS * len(files)) / 1_000_000


def _deflated_bytes(path: Path) -> int:
    content = path.read_bytes()
    digest = hashlib.sha256(content).digest()
    if digest not in _deflated:
        _deflated[digest] = len(zlib.compress(content, wbits=-15))
    return _deflated[digest]
