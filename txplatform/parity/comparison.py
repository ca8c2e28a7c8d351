"""Compares an entity's table with its current view: by segments, then key by key inside those that differ.

The table is scanned first, into sums and a spool on disk, and the lake is asked for its sums after. What is held of
either side at once are the sums of all segments and the keys of a bounded number of records.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.ledger import MAX_ATTEMPTS
from txplatform.parity.canonical import content
from txplatform.parity.items import Items
from txplatform.parity.lake import LakeSide
from txplatform.parity.rechecks import Candidate, Recheck, Rechecks
from txplatform.parity.segments import SegmentSums, digest_of, segment_of
from txplatform.parity.spool import UNREADABLE, Spool
from txplatform.parity.store import KEY, VERSION, WRITTEN_AT, StoreSide, is_live
from txplatform.progress import Progress, silent

if TYPE_CHECKING:
    from txplatform.aws import AwsClients
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena

_RECORDS_AT_ONCE = 200_000  # of differing segments
_SEGMENTS_AT_ONCE = 20_000  # named in one statement
_KEYS_AT_ONCE = 10_000  # read again together


class Comparison:
    """One comparison. `checked` is the number of live records, once the differences have been read."""

    def __init__(
        self,
        contract: Contract,
        store: StoreSide,
        lake: LakeSide,
        rechecks: Rechecks,
        progress: Progress = silent,
    ) -> None:
        self.checked = 0
        self.items = Items(contract)
        self._store = store
        self._lake = lake
        self._progress = progress
        self._rechecks = rechecks

    @classmethod
    def between(
        cls,
        contract: Contract,
        clients: "AwsClients",
        athena: "Athena",
        ledger: "Ledger",
        grace_seconds: float,
        progress: Progress = silent,
    ) -> "Comparison":
        """Make the comparison of an entity's table with its view."""

        def pending() -> set[str]:
            waiting = ledger.pending(Lane.CHANGES, contract.name)
            return {item.uri for item in waiting if item.attempts < MAX_ATTEMPTS}  # one that is stuck excuses nothing

        store, lake = StoreSide(contract, clients), LakeSide(contract, athena)
        return cls(contract, store, lake, Rechecks(Items(contract), store, lake, grace_seconds, pending), progress)

    def of_all(self) -> Iterator[Recheck]:
        """Compare every record; yield the keys that differ and those in flight."""
        with Spool() as spool:
            sums = self._scan(spool)
            self._progress("summing the lake", 0, 0)
            differing = sums.differing(self._lake.sums())
            for segments in _parts(differing):
                self._progress("comparing keys", 0, sum(differing[segment] for segment in segments))
                yield from self._decide(self._candidates(segments, spool))

    def of_keys(self, keys: Iterable[str]) -> Iterator[Recheck]:
        """Compare these record keys alone."""
        left = iter(dict.fromkeys(keys))
        while some := list(islice(left, _KEYS_AT_ONCE)):
            found = self._store.items(some)
            live = {key: item for key, item in found.items() if is_live(item)}
            self.checked += len(live)
            states = {key: self.items.state(item) for key, item in live.items()}
            yield from self._decide(Candidate(key, states.get(key)) for key in some)

    def _scan(self, spool: Spool) -> SegmentSums:
        sums, items, expected = SegmentSums.empty(), self.items, self._store.size()
        scanned = 0
        for page in self._store.pages():
            for item in page:
                recognised = VERSION in item and WRITTEN_AT in item
                if recognised and not is_live(item):
                    continue
                key = item[KEY]["S"]
                texts = items.texts(item)
                digest = UNREADABLE if texts is None else digest_of(content(texts))
                segment = segment_of(key)
                sums.add(segment, digest)
                spool.add(segment, key, digest, items.state(item))
                self.checked += is_live(item)
            scanned += len(page)
            self._progress("reading the table", scanned, max(expected, scanned))
        return sums

    def _candidates(self, segments: list[int], spool: Spool) -> Iterator[Candidate]:
        """The keys of these segments whose record and rows are not one and one of the same content."""
        rows: dict[str, list[bytes]] = {}
        for key, digest in self._lake.digests(segments):
            rows.setdefault(key, []).append(digest)
        for record in spool.records(set(segments)):
            if rows.pop(record.key, None) != [record.digest]:
                yield Candidate(record.key, record.state)
        for key in rows:
            yield Candidate(key, None)

    def _decide(self, candidates: Iterable[Candidate]) -> Iterator[Recheck]:
        left = iter(candidates)
        while some := list(islice(left, _KEYS_AT_ONCE)):
            self._progress("reading differing keys again", 0, len(some))
            yield from self._rechecks.decide(some)


def _parts(differing: Mapping[int, int]) -> Iterator[list[int]]:
    """Differing segments in order, together as long as they hold few enough records."""
    part, records = list[int](), 0
    for segment, count in differing.items():
        if part and (records + count > _RECORDS_AT_ONCE or len(part) >= _SEGMENTS_AT_ONCE):
            yield part
            part, records = [], 0
        part.append(segment)
        records += count
    if part:
        yield part
