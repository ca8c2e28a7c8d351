"""Skeleton (signatures final): compare the operational store with the lake's changes lane, cell by cell."""

from dataclasses import dataclass
from datetime import timedelta

from txplatform.aws import AwsClients
from txplatform.contracts.model import Contract
from txplatform.warehouse.athena import Athena


@dataclass(frozen=True, slots=True)
class Difference:
    """One sample: kind is missing, extra or different; a personal field's values are masked."""

    kind: str
    key: str
    field: str | None
    expected: str | None
    actual: str | None


@dataclass(frozen=True, slots=True)
class ParityReport:
    """`checked` live records compared; `in_flight` differences younger than the grace period, not counted elsewhere."""

    entity: str
    checked: int
    missing: int
    extra: int
    different: int
    in_flight: int
    samples: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        return not (self.missing or self.extra or self.different)


def check_parity(contract: Contract, clients: AwsClients, athena: Athena, grace: timedelta | None = None) -> ParityReport:
    """Compare table txplatform-<entity> with view <entity>; `grace` defaults to the settings' parity_grace."""
    raise NotImplementedError
