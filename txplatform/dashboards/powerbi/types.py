"""The types of columns in Power BI, and what they lose.

https://learn.microsoft.com/power-bi/connect-data/desktop-data-types: a whole number is a 64-bit integer; a fixed
decimal number has 4 digits after the point and 19 in all, and sums of these are exact; a decimal number is a double,
of which 15 digits are right. There is no other number, so a decimal with more digits after the point is a double,
which is said where it is.
"""

import re
from dataclasses import dataclass

from txplatform.errors import ContractError

FIXED_SCALE = 4
DOUBLE_DIGITS = 15
_DECIMAL = re.compile(r"decimal\(\d+, (\d+)\)")


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type in TMDL (`data_type`) and in M, and how values are shown."""

    data_type: str
    m_type: str
    format: str = ""

    @property
    def approximate(self) -> bool:
        """Whether a value may have more digits than are held."""
        return self.data_type == "double"


_TYPES = {
    "varchar": ColumnType("string", "type text"),
    "boolean": ColumnType("boolean", "type logical"),
    "integer": ColumnType("int64", "Int64.Type", "0"),
    "bigint": ColumnType("int64", "Int64.Type", "0"),
    "date": ColumnType("dateTime", "type date", "yyyy-mm-dd"),
    "timestamp(6)": ColumnType("dateTime", "type datetime", "yyyy-mm-dd hh:nn:ss"),
}


def column_type(mart: str, column: str, trino_type: str) -> ColumnType:
    """The type of a mart's column; raise ContractError for one that Power BI has nothing for."""
    if decimal := _DECIMAL.fullmatch(trino_type):
        scale = int(decimal[1])
        digits = "." + "0" * scale if scale else ""
        data_type, m_type = ("decimal", "Currency.Type") if scale <= FIXED_SCALE else ("double", "type number")
        return ColumnType(data_type, m_type, f"#,##0{digits}")
    if trino_type not in _TYPES:
        problem = f"the type {trino_type} has no equivalent in Power BI"
        raise ContractError(f"mart {mart}", column, problem, "take scalar fields alone as dimensions of a mart")
    return _TYPES[trino_type]
