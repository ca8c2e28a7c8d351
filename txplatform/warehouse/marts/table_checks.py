"""What must hold of a mart that is a table: each day of it is made of the records of this day, and of nothing else.

So the records that have changed say which days have. The partition field of a record never changes while it lives:
the day of a record is the business day of this field.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from txplatform.contracts.model import Contract, FieldType
from txplatform.errors import ContractError
from txplatform.warehouse.marts.header import Header
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.select_list import select_list, without_literals

_REMEDY = "make it a view (Freshness: live), or write one SELECT … FROM … GROUP BY"
_BEYOND_A_DAY = re.compile(  # parts of a statement by which a row depends on more than the records of its day
    r"\b(?:OVER|JOIN|UNION|EXCEPT|INTERSECT|WITH|LIMIT|OFFSET|FETCH|TABLESAMPLE"
    r"|NOW|CURRENT_\w+|LOCALTIME\w*|RANDOM|RAND|UUID|SHUFFLE)\b|\$\{today\}",
    re.IGNORECASE,
)


def check_table(path: Path, header: Header, mart: Mart, contract: Contract) -> None:
    """Raise ContractError, with the line of the header, for the first of it that does not hold."""
    for problem, remedy in _violations(header, mart, contract):
        raise ContractError(f"{path}:{header.lines['Freshness']}", None, problem, remedy)


def _violations(header: Header, mart: Mart, contract: Contract) -> Iterator[tuple[str, str]]:
    if mart.table_by not in mart.grain:
        yield f"'{mart.table_by}' is not in the grain", "name the day of the grain"
    if mart.reads:
        yield f"a table cannot be made by days of {', '.join(mart.reads)} too", _REMEDY
    body = without_literals(header.body)
    beyond = _BEYOND_A_DAY.search(body)
    if beyond:
        yield f"'{beyond[0]}' in the statement makes days depend on each other or on the time", _REMEDY
    read = [name.lower() for name in re.findall(r"\bFROM\s+\"?(\w+)\"?(?!\s*,)", body, re.IGNORECASE)]
    if read != [contract.name] or len(re.findall(r"\bSELECT\b", body, re.IGNORECASE)) != 1:
        yield f"the statement does not read {contract.name} alone, once", _REMEDY
    field = contract.partition_field
    day = field if contract[field].type is FieldType.DATE else f"${{day:{field}}}"
    item = day if day == mart.table_by else f"{day} AS {mart.table_by}"
    if item not in {" ".join(found.split()) for found in select_list(body)}:
        yield f"'{mart.table_by}' is not the day of the partition field", f"write: {item}"
