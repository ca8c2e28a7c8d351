"""moto's S3 notifications lack the version id and the sequencer that AWS sends, and escape the slashes of keys."""

import itertools
import time
from typing import Any
from urllib.parse import quote_plus

from moto.s3 import notifications

_sequence = itertools.count(int(time.time() * 1_000_000))


def apply() -> None:
    describe = notifications._get_s3_event

    def get_s3_event(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        event = describe(event_name, bucket, key, notification_id)
        described = event["Records"][0]["s3"]["object"]
        described["key"] = quote_plus(key.name, safe="/")
        if bucket.is_versioned:
            described["versionId"] = key.version_id
        described["sequencer"] = f"{next(_sequence):018X}"
        return event

    notifications._get_s3_event = get_s3_event
