"""Both sides of the comparison as values: what a test says they hold at each reading."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.parity.canonical import Item, Reader, content
from txplatform.parity.comparison import Comparison
from txplatform.parity.differences import differences
from txplatform.parity.items import Items
from txplatform.parity.lake import LakeRow
from txplatform.parity.rechecks import Rechecks
from txplatform.parity.report import Difference
from txplatform.parity.segments import SegmentSums, digest_of, segment_of


@dataclass
class Side:
    """A table and a view. Reading keys again takes the next of the moments, the last one for ever."""

    contract: Contract
    moments: Sequence[tuple[Mapping[str, Item], Sequence[tuple[Item, str]]]]
    now: float = 0.0
    readings: int = 0
    pending: frozenset[str] = frozenset()
    slept: list[float] = field(default_factory=list[float])

    def size(self) -> int:
        return len(self._moment[0])

    def pages(self) -> Iterator[list[Item]]:
        yield list(self.moments[0][0].values())

    def items(self, keys: Iterable[str]) -> dict[str, Item]:
        self.readings += 1
        return {key: self._moment[0][key] for key in keys if key in self._moment[0]}

    def sums(self) -> Iterator[tuple[int, tuple[int, int, int]]]:
        sums = SegmentSums.empty()
        for key, digest in self._digests():
            sums.add(segment_of(key), digest)
        for segment, records in enumerate(sums.records):
            if records:
                yield segment, (records, sums.low[segment], sums.high[segment])

    def digests(self, segments: Sequence[int]) -> Iterator[tuple[str, bytes]]:
        return ((key, digest) for key, digest in self._digests() if segment_of(key) in segments)

    def rows(self, keys: Iterable[str]) -> dict[str, list[LakeRow]]:
        wanted, found, reader = set(keys), dict[str, list[LakeRow]](), Reader(self.contract)
        for item, order_key in self._moment[1]:
            texts = reader.texts(item)
            if reader.key(texts) in wanted:
                found.setdefault(reader.key(texts), []).append(LakeRow(texts, order_key))
        return found

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def compare(self, grace: float = 0) -> tuple[list[Difference], int]:
        """The differences, and how many keys are in flight."""
        both: Any = self
        items = Items(self.contract)
        rechecks = Rechecks(items, both, both, grace, lambda: self.pending, lambda: self.now, self.sleep)
        found = list(Comparison(self.contract, both, both, rechecks).of_all())
        named = [item for key in found if not key.in_flight for item in differences(self.contract, items, key)]
        return named, sum(key.in_flight for key in found)

    @property
    def _moment(self) -> tuple[Mapping[str, Item], Sequence[tuple[Item, str]]]:
        return self.moments[min(self.readings, len(self.moments) - 1)]

    def _digests(self) -> Iterator[tuple[str, bytes]]:
        reader = Reader(self.contract)
        for item, _ in self.moments[0][1]:
            texts = reader.texts(item)
            yield reader.key(texts), digest_of(content(texts))
