"""moto's S3 handles requests on shared dictionaries without a lock.

A listing beside a put fails, two puts of one versioned key lose a version, and two conditional puts both succeed.
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

_bucket_contents = threading.RLock()
_RESPONSES = ("put_object", "copy_object", "list_objects", "list_objects_v2", "list_object_versions")
_OPERATIONS = ("put_object", "delete_object", "delete_objects", "complete_multipart_upload")


def _one_at_a_time(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with _bucket_contents:
            return function(*args, **kwargs)

    return locked


def apply() -> None:
    for owner, names in ((S3Response, _RESPONSES), (S3Backend, _OPERATIONS)):
        for name in names:
            setattr(owner, name, _one_at_a_time(getattr(owner, name)))
