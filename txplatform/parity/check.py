"""The parity check of an entity: its operational table and its days of files against what Athena shows of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from txplatform.clock import utc_now
from txplatform.parity.comparison import Comparison
from txplatform.parity.differences import differences, fingerprint, kind_of
from txplatform.parity.files import compare_days
from txplatform.parity.report import Difference, Kind, ParityReport
from txplatform.progress import Progress, silent

if TYPE_CHECKING:
    from datetime import timedelta

    from txplatform.aws import AwsClients
    from txplatform.contracts.model import Contract
    from txplatform.ledger import Ledger
    from txplatform.parity.rechecks import Recheck
    from txplatform.warehouse.athena import Athena

_SAMPLES = 100
_FINGERPRINTS = 1000


class _Findings:
    """Counts differences and keeps the first ones."""

    def __init__(self, contract: "Contract", comparison: Comparison) -> None:
        self.counts: dict[Kind, int] = {}
        self.in_flight = 0
        self.waiting = 0
        self.samples: list[Difference] = []
        self.fingerprints: set[str] = set()
        self._contract = contract
        self._comparison = comparison

    def add_key(self, found: "Recheck") -> None:
        if found.in_flight:
            self.in_flight += 1
            self.waiting += found.waiting and not found.moving
            return
        named = differences(self._contract, self._comparison.items, found)
        self._add(kind_of(named), found.key, named)

    def add_day(self, named: list[Difference]) -> None:
        self._add(Kind.DAY, named[0].key, named)

    def _add(self, kind: Kind, key: str, named: list[Difference]) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.samples += named[: _SAMPLES - len(self.samples)]
        if len(self.fingerprints) < _FINGERPRINTS:
            self.fingerprints |= {fingerprint(self._contract, key, item) for item in named}


def check_parity(
    contract: "Contract",
    clients: "AwsClients",
    athena: "Athena",
    ledger: "Ledger",
    grace: "timedelta",
    *,
    keys: Iterable[str] | None = None,
    progress: Progress = silent,
) -> ParityReport:
    """Compare all records and all days of files, or these record keys alone.

    `grace` is the longest that a change may take into the lake: a key that differs for longer, while its item or its
    row in the lake stands still, is a difference, unless the changes lane has not taken in what has landed. If all of
    it is equal, `verified_through` moves to the moment before the table was read. Raise ParityError when table or view
    cannot be read.
    """
    began = utc_now()
    seconds = grace.total_seconds()
    comparison = Comparison.between(contract, clients, athena, ledger, seconds, progress)
    findings = _Findings(contract, comparison)
    for found in comparison.of_all() if keys is None else comparison.of_keys(keys):
        findings.add_key(found)
    days = 0
    if keys is None:
        progress("comparing days of files", 0, 0)
        days, differing = compare_days(contract, ledger, athena, seconds)
        for named in differing:
            findings.add_day(named)
        if not findings.counts and not findings.waiting:
            ledger.set_verified_through(contract.name, began)
    return ParityReport(
        entity=contract.name,
        checked=comparison.checked,
        in_flight=findings.in_flight,
        days=days,
        samples=tuple(findings.samples),
        fingerprints=frozenset(findings.fingerprints),
        verified_through=ledger.verified_through(contract.name),
        **{str(kind): count for kind, count in findings.counts.items()},
    )
