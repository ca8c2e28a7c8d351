"""Tables of the dimensions that marts share, and the relationships of marts with them: a calendar, and keys.

A dimension of one name means the same in all marts of an entity, `day` and `currency` in all marts. These tables are
made of what the marts have (DISTINCT, which adds no blank row, so that no table depends on itself).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from txplatform.dashboards.powerbi.dax import CURRENCY
from txplatform.dashboards.powerbi.identifiers import dax_column
from txplatform.dashboards.powerbi.model import Column, Hierarchy, Relationship, Table
from txplatform.dashboards.powerbi.tables import DAY
from txplatform.dashboards.powerbi.types import column_type
from txplatform.warehouse.marts.model import Mart

CALENDAR, DATE = "calendar", "date"
_PARTS = {"year": "YEAR", "month": "MONTH", "day": "DAY"}


def shared_dimensions(marts: Sequence[Mart]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """For dimensions of marts, by mart and name, the column of the table that they share."""
    users: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for mart in marts:
        types = {column.name: column.trino_type for column in mart.columns}
        for name in mart.dimensions:
            if name == DAY and types[name] == "date":
                users[CALENDAR].append((mart.name, name))
            elif types[name] == "varchar" and name not in mart.masked:
                users[f"dim_{name}" if name == CURRENCY else f"dim_{mart.entity}_{name}"].append((mart.name, name))
    return {
        use: (table, DATE if table == CALENDAR else use[1])
        for table, uses in users.items()
        for use in uses
        if table == CALENDAR or len(uses) > 1
    }


def dimension_tables(shared: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[Table, ...]:
    """The tables, by name."""
    users: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for use, (table, _) in shared.items():
        users[table].append(use)
    return tuple(_calendar(uses) if name == CALENDAR else _keys(name, uses) for name, uses in sorted(users.items()))


def relationships(shared: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[Relationship, ...]:
    """Of each mart's column with that of the table."""
    return tuple(Relationship(use, column) for use, column in sorted(shared.items()))


def _keys(name: str, uses: Sequence[tuple[str, str]]) -> Table:
    column = uses[0][1]
    source = f"FILTER(DISTINCT({_values(uses)}), NOT ISBLANK([{column}]))"
    text = column_type(name, column, "varchar")
    described = f"Every value of {column}."
    return Table(name, described, (Column(column, text, described, source=f"[{column}]", key=True),), source,
                 calculated=True)  # fmt: skip


def _calendar(uses: Sequence[tuple[str, str]]) -> Table:
    days = _values(uses)
    source = (
        f"VAR AllDays = {days}\nVAR FirstDay = COALESCE(MINX(AllDays, [{DAY}]), TODAY())\n"
        f"VAR LastDay = COALESCE(MAXX(AllDays, [{DAY}]), TODAY())\n"
        "RETURN CALENDAR(DATE(YEAR(FirstDay), 1, 1), DATE(YEAR(LastDay), 12, 31))"
    )
    number, date = column_type(CALENDAR, DATE, "integer"), column_type(CALENDAR, DATE, "date")
    of_date = dax_column(CALENDAR, DATE)
    columns = (
        Column(DATE, date, "Business day.", source="[Date]", key=True),
        *(Column(name, number, f"The {name} of the date.", expression=f"{function}({of_date})")
          for name, function in _PARTS.items()),
    )  # fmt: skip
    levels = (Hierarchy("Year, month, day", tuple(_PARTS)),)
    described = "Business days, in whole years."
    return Table(CALENDAR, described, columns, source, hierarchies=levels, calculated=True)


def _values(uses: Sequence[tuple[str, str]]) -> str:
    values = [f"DISTINCT({dax_column(*use)})" for use in uses]
    return f"UNION({', '.join(values)})" if len(values) > 1 else values[0]
