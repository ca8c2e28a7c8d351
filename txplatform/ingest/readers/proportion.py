"""Holds what is unpacked against what was read for it, so that a small file that holds a great deal is refused."""

from dataclasses import dataclass

from txplatform.ingest.batch import RejectedError

MOST_RATIO, MOST_FREE_BYTES = 200, 256 << 20
"""A packed stream can hold a thousand times its own size, and more. Text of tables holds ten or twenty times: what is
more than so many bytes, and more than so many times what was read for it, is refused."""


@dataclass(slots=True)
class Proportion:
    """The bytes that came out of something packed, such as `the gzip stream`."""

    what: str
    size: int = 0

    def check(self, unpacked: int, read: int) -> None:
        """Add so many unpacked bytes; raise RejectedError if all of them are too many for what was `read` in all."""
        self.size += unpacked
        if self.size > MOST_FREE_BYTES and self.size > MOST_RATIO * read:
            raise RejectedError("file.too_large", f"{self.what} holds more than {MOST_RATIO} times its size")
