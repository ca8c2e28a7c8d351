"""The mart of an entity that has no file: how many records a business day, and the sums of its decimals."""

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.warehouse.marts.dictionary import default_measures

_DAY = "day"
_CURRENCY = "currency"


def default_mart(contract: Contract) -> str:
    """The text of its file: grouped by the currency, if it has one, and by every field that has listed values."""
    grouped = [field.name for field in contract.fields if _groups(field)]
    dimensions = [_DAY, *grouped]
    names = ", ".join(default_measures(contract))
    by_date = contract[contract.partition_field].type is FieldType.DATE
    day = contract.partition_field if by_date else f"${{day:{contract.partition_field}}}"
    items = ",\n  ".join([f"{day} AS {_DAY}", *grouped, "${measures}"])
    grouping = ", ".join(str(place) for place in range(1, len(dimensions) + 1))
    return f"""\
-- {contract.title} a business day, by {", ".join(grouped) or "nothing else"}: how many, and the sums of their numbers
-- Grain: {", ".join(dimensions)}
-- Dimensions: {", ".join(dimensions)}
-- Measures: {names}
-- Personal data: none
-- Freshness: live
SELECT
  {items}
FROM {contract.name}
GROUP BY {grouping}
"""


def _groups(field: Field) -> bool:
    text = field.type is FieldType.STRING and not field.personal and field.name != _DAY
    return text and (bool(field.enum) or field.name == _CURRENCY)
