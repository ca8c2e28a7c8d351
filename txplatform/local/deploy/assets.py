"""The functions' code: zipped from the sources, put into the asset bucket, and unpacked again from there."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra import bundle
from txplatform.contracts.names import Function
from txplatform.local.errors import LocalStackError


class AssetStore:
    """The asset bucket of a deployment. `assets` maps the hashes that the template knows to functions.

    A zip holds our own files only; third-party packages come from the environment that runs the functions.
    """

    def __init__(self, assets: Mapping[str, str], s3: Any, code_root: Path) -> None:
        self._assets = assets
        self._s3 = s3
        self._code_root = code_root
        self._buckets: set[str] = set()

    def publish(self, bucket: str, key: str) -> None:
        """Put the asset that a template calls `key` (`<hash>.zip`) into `bucket`; raise LocalStackError if stale."""
        digest = key.removesuffix(".zip")
        if digest not in self._assets:
            raise LocalStackError(f"infra/templates/assets.json does not know {key}. Remedy: make synth")
        function = Function(self._assets[digest])
        if bundle.asset_hash(function) != digest:
            raise LocalStackError(
                f"the template was made from other sources of function {function.value}. Remedy: make synth"
            )
        if bucket not in self._buckets:
            self._s3.create_bucket(Bucket=bucket)
            self._buckets.add(bucket)
        self._s3.put_object(Bucket=bucket, Key=key, Body=bundle.zip_sources(function))

    def unpack(self, bucket: str, key: str, folder: str) -> Path:
        """Unpack a published asset into a fresh folder of the code root and return it."""
        target = self._code_root / folder
        shutil.rmtree(target, ignore_errors=True)
        content = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(target)
        return target
