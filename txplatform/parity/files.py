"""The files lane's share of parity: the rows that Athena shows of a day against what the day's objects held.

A run that replaces a day records how many rows it put there and the exact sum of each decimal field over them, taken
from what it read of the RAW objects. Days that were last replaced before this was recorded are not compared.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from txplatform.contracts import names
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.columns import DAY, DELETED
from txplatform.errors import ParityError, QueryError, QueryTimeoutError
from txplatform.parity.report import Difference, Kind
from txplatform.warehouse.statements import quoted

if TYPE_CHECKING:
    from txplatform.ledger import HeldDay, Ledger
    from txplatform.warehouse.athena import Athena

_ROWS = "rows"
_PAUSE_SECONDS = 2.0


def compare_days(
    contract: Contract,
    ledger: "Ledger",
    athena: "Athena",
    grace_seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[int, list[list[Difference]]]:
    """Compare every recorded day; return how many there are, and what differs of each that does.

    A run commits a day before it records it. So a day that differs is read again for the grace period, and one whose
    record is another by then is being replaced: it counts as equal until the next comparison. Raise ParityError when
    the files table cannot be read.
    """
    first = held = ledger.held_days(contract.name)
    if not held:
        return 0, []
    deadline = clock() + grace_seconds
    while True:
        last = clock() >= deadline
        differing = list(_differing(contract, held, _sums(contract, athena)))
        if not differing or last:
            break
        sleep(min(_PAUSE_SECONDS, grace_seconds))
        held = ledger.held_days(contract.name)
    stayed = [found for day, found in differing if first.get(day) == held.get(day)]
    return len(held), stayed


def _sums(contract: Contract, athena: "Athena") -> dict[date, dict[str, Decimal]]:
    """Live rows and sums of each day, as Athena reads them."""
    names_of_sums = _decimals(contract)
    sums = "".join(f", sum({quoted(name)}) AS {quoted(name)}" for name in names_of_sums)
    sql = (
        f'SELECT {quoted(DAY)}, count(*) AS "_rows"{sums} FROM {quoted(names.files_table(contract.name))} '
        f"WHERE NOT {quoted(DELETED)} GROUP BY {quoted(DAY)}"
    )
    try:
        table = athena.arrow(sql)
    except (QueryError, QueryTimeoutError) as error:
        raise ParityError(f"files of {contract.name} could not be read: {error}") from error
    found: dict[date, dict[str, Decimal]] = {}
    for day, rows, *values in zip(*(column.to_pylist() for column in table.columns), strict=True):
        found[day] = {_ROWS: Decimal(rows)} | {
            name: value or Decimal(0) for name, value in zip(names_of_sums, values, strict=True)
        }
    return found


def _differing(
    contract: Contract, held: "Mapping[date, HeldDay]", found: Mapping[date, Mapping[str, Decimal]]
) -> Iterator[tuple[date, list[Difference]]]:
    nothing = dict.fromkeys((_ROWS, *_decimals(contract)), Decimal(0))
    for day, expected in held.items():
        wanted = {_ROWS: Decimal(expected.rows), **expected.sums}
        shown = found.get(day, nothing)
        differences = [
            Difference(Kind.DAY, str(day), name, f"{wanted[name]:f}", f"{value:f}")
            for name, value in shown.items()
            if wanted.get(name, value) != value
        ]
        if differences:
            yield day, differences


def _decimals(contract: Contract) -> list[str]:
    return [field.name for field in contract.fields if field.type is FieldType.DECIMAL]
