"""The parity check of an entity: its DynamoDB table against the changes lane of its current view.

The view is read first and the table after, so a record written meanwhile is younger than the check's start and counts
as in flight; so does anything written within the grace period before it. Everything older must be equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from txplatform.aws import AwsClients
from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.render.arrow import business_schema
from txplatform.contracts.render.columns import ORDER_KEY
from txplatform.errors import ParityError, QueryError, QueryTimeoutError
from txplatform.parity.compare import FIELDS, KIND, compare, values
from txplatform.parity.store import DELETED, WRITTEN_AT, read_store
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.statements import quoted

_SAMPLES = 20
_MASK = "***"


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


def check_parity(contract: Contract, clients: AwsClients, athena: Athena, grace: timedelta) -> ParityReport:
    """Compare table and view. Records younger than `grace` count as in flight.

    Raise ParityError when table or view cannot be read.
    """
    compared_before = utc_now() - grace
    lake = _read_lake(contract, athena)
    store = read_store(contract, clients)
    key, fields = list(contract.key), [field.name for field in contract.fields]
    comparison = compare(store.filter(~pl.col(DELETED)), lake, key, fields)
    young = store.filter(pl.col(WRITTEN_AT) > compared_before).select(key)
    differing = comparison.differences.join(young, on=key, how="anti")
    counts = dict(differing.group_by(KIND).len().iter_rows())
    return ParityReport(
        entity=contract.name,
        checked=comparison.compared,
        missing=counts.get("missing", 0),
        extra=counts.get("extra", 0),
        different=counts.get("different", 0),
        in_flight=comparison.differences.height - differing.height,
        samples=tuple(_samples(contract, differing.head(_SAMPLES))),
    )


def _read_lake(contract: Contract, athena: Athena) -> pl.DataFrame:
    columns = ", ".join(quoted(field.name) for field in contract.fields)
    sql = f"SELECT {columns} FROM {quoted(contract.name)} WHERE {quoted(ORDER_KEY)} LIKE '1|%'"
    try:
        table = athena.arrow(sql)
    except (QueryError, QueryTimeoutError) as error:
        raise ParityError(f"view {contract.name} could not be read: {error}") from error
    schema = business_schema(contract)
    frame = pl.from_arrow(table.select(schema.names).cast(schema))
    assert isinstance(frame, pl.DataFrame)
    return frame


def _samples(contract: Contract, rows: pl.DataFrame) -> Iterator[Difference]:
    for row in rows.iter_rows(named=True):
        shown = "#".join(_MASK if field.personal else str(row[field.name]) for field in contract.key_fields)
        if row[KIND] != "different":
            yield Difference(row[KIND], shown, None, None, None)
            continue
        for name in row[FIELDS]:
            expected, actual = (_MASK, _MASK) if contract[name].personal else values(row, name)
            yield Difference("different", shown, name, expected, actual)
