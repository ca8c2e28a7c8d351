"""`cdc` wired to AWS in this process, and what it wrote."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdas.cdc import handler as module
from txplatform.contracts import names
from txplatform.contracts.names import REGISTRY_TABLE

BUCKET = "lake"
Cloud = Callable[[str], Any]


@pytest.fixture
def wired(cloud: Cloud, dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cloud("s3").create_bucket(Bucket=BUCKET)
    cloud("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for name, value in {
        "TXP_TABLE": names.entity_table(names.ENTITY_SLOT),
        "TXP_REGISTRY_TABLE": REGISTRY_TABLE,
        "TXP_LAKE_BUCKET": BUCKET,
        "TXP_CDC_PREFIX": names.CDC_PREFIX,
        "TXP_HEARTBEAT_KEY": names.HEARTBEAT_KEY,
        "TXP_METRIC_NAMESPACE": names.METRIC_NAMESPACE,
    }.items():
        monkeypatch.setenv(name, value)
    module._cdc.cache_clear()
    yield
    module._cdc.cache_clear()


def landed(cloud: Cloud) -> list[list[Any]]:
    """The lines of every object version, by key."""
    s3 = cloud("s3")
    versions = s3.list_object_versions(Bucket=BUCKET).get("Versions", [])
    bodies = [s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read() for item in versions]
    return [[json.loads(line) for line in gzip.decompress(body).splitlines()] for body in bodies]
