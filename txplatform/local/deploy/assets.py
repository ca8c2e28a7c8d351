"""The functions' code: put into the asset bucket, and unpacked again from there."""

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class AssetStore:
    """The asset bucket of a deployment. `read_bundle` returns the zip of the asset that a template calls by a key.

    A zip needs to hold the application's own files only: third-party packages that it lacks come from the environment
    that runs the functions.
    """

    def __init__(self, read_bundle: Callable[[str], bytes], s3: Any, code_root: Path) -> None:
        self._read_bundle = read_bundle
        self._s3 = s3
        self._code_root = code_root
        self._buckets: set[str] = set()

    def publish(self, bucket: str, key: str) -> None:
        """Put the asset that a template calls `key` into `bucket`, which is created with its first asset."""
        content = self._read_bundle(key)
        if bucket not in self._buckets:
            self._s3.create_bucket(Bucket=bucket)
            self._buckets.add(bucket)
        self._s3.put_object(Bucket=bucket, Key=key, Body=content)

    def unpack(self, bucket: str, key: str, folder: str) -> Path:
        """Unpack a published asset into a fresh folder of the code root and return it."""
        target = self._code_root / folder
        shutil.rmtree(target, ignore_errors=True)
        content = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(target)
        return target
