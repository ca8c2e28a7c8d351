"""The lake's bucket as `cdc` writes it."""

from typing import Any

from lambdas.shared.aws import AWS_ERRORS, error_code
from lambdas.shared.errors import LakeUnavailableError


class LandingArea:
    """Objects are written once: a key that exists holds the same lines already, from an earlier attempt."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, key: str, body: bytes) -> bool:
        """Write an object and say whether it is new; raise LakeUnavailableError."""
        try:
            self._s3.put_object(
                Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*", ContentType="application/gzip"
            )
        except AWS_ERRORS as error:
            code = error_code(error)
            if code == "PreconditionFailed":
                return False
            raise LakeUnavailableError(f"s3://{self._bucket}/{key}: {code}") from error
        return True
