"""Sums per segment: what stands for a set of records, whatever their order, computed alike by Athena and here.

A segment is the first 16 bits of the SHA-256 of the record key. What stands for its records is how many they are and
two sums over the SHA-256 of their contents, of 56 bits each. Both engines compute all of it exactly: two sets of
records with equal sums are equal, but for a chance below 2^-100. Equal records do not cancel each other out.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

SEGMENT_DIGITS = 4  # hexadecimal
PIECE_DIGITS = 14  # of a sum's operand: 7 bytes
DIGEST_BYTES = PIECE_DIGITS  # two pieces

Sums = tuple[int, int, int]  # records, sum of the first pieces, sum of the second ones
EMPTY: Sums = (0, 0, 0)


def segment_of(key: str) -> int:
    """The segment of a record key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:2], "big")


def digest_of(content: str) -> bytes:
    """What is added up of a record's content, and by which two contents are compared."""
    return hashlib.sha256(content.encode()).digest()[:DIGEST_BYTES]


@dataclass(slots=True)
class SegmentSums:
    """The sums of the records added so far, by segment."""

    records: list[int]
    low: list[int]
    high: list[int]

    @classmethod
    def empty(cls) -> "SegmentSums":
        """No records."""
        size = 16**SEGMENT_DIGITS
        return cls([0] * size, [0] * size, [0] * size)

    def add(self, segment: int, digest: bytes) -> None:
        """Add one record."""
        self.records[segment] += 1
        self.low[segment] += int.from_bytes(digest[:7], "big")
        self.high[segment] += int.from_bytes(digest[7:], "big")

    def differing(self, others: Iterable[tuple[int, Sums]]) -> dict[int, int]:
        """The segments whose sums differ from the others', which lack what is empty; to how many records they have.

        The records are those of the side that has more of them.
        """
        found = dict(others)
        held = {segment: self._sums(segment) for segment, count in enumerate(self.records) if count}
        differing = {
            segment: max(held.get(segment, EMPTY)[0], found.get(segment, EMPTY)[0])
            for segment in held.keys() | found.keys()
            if held.get(segment, EMPTY) != found.get(segment, EMPTY)
        }
        return dict(sorted(differing.items(), key=itemgetter(0)))

    def _sums(self, segment: int) -> Sums:
        return self.records[segment], self.low[segment], self.high[segment]
