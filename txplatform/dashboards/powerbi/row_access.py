"""Rows by reader: a table of who sees which values, and the conditions on other tables that go by it.

https://learn.microsoft.com/fabric/security/service-admin-row-level-security: whoever signs in is USERPRINCIPALNAME().
IN compares strictly, so that no value is no empty text.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from txplatform.contracts.model import Contract
from txplatform.dashboards.powerbi.identifiers import dax_column, dax_text
from txplatform.dashboards.powerbi.model import Column, Table
from txplatform.dashboards.powerbi.types import column_type
from txplatform.dashboards.row_rules import RowRule
from txplatform.warehouse.marts.model import Mart

ACCESS = "access"
_ENTITY, _PRINCIPAL, _VALUE = "entity", "principal", "value"
_COLUMNS = {
    _ENTITY: "The entity whose rows are restricted.",
    _PRINCIPAL: "Who signs in.",
    _VALUE: "The value of whose rows are shown; all of them where it is empty.",
}
_NOBODY = RowRule("", "", "")  # DATATABLE takes no empty list


def access_tables(contracts: Mapping[str, Contract], rules: Sequence[RowRule]) -> tuple[Table, ...]:
    """The table of rules, where a contract restricts rows."""
    if not any(contract.row_security for contract in contracts.values()):
        return ()
    columns = tuple(
        Column(name, column_type(ACCESS, name, "varchar"), described, source=f"[{name}]", hidden=True)
        for name, described in _COLUMNS.items()
    )
    rows = [
        f"{{{dax_text(rule.entity)}, {dax_text(rule.principal)}, {dax_text(rule.value)}}}"
        for rule in [rule for rule in rules if not rule.of_quicksight] or [_NOBODY]
    ]
    declared = ", ".join(f"{dax_text(name)}, STRING" for name in _COLUMNS)
    source = f"DATATABLE({declared}, {{{', '.join(rows)}}})"
    return (Table(ACCESS, "Who sees which rows.", columns, source, calculated=True),)


def row_filters(
    marts: Sequence[Mart], contracts: Mapping[str, Contract], shared: Mapping[tuple[str, str], tuple[str, str]]
) -> Mapping[str, str]:
    """The conditions on tables for those who see rows of their own, by table; none where nothing is restricted."""
    found: dict[str, str] = {}
    for mart in marts:
        secured = [contracts[name] for name in (mart.entity, *mart.reads) if contracts[name].row_security]
        own = [item for item in secured if item.name == mart.entity and item.row_security in mart.dimensions]
        if secured and secured == own:
            found[mart.name] = _own_rows(mart.entity, dax_column(mart.name, own[0].row_security))
        elif secured:
            found[mart.name] = " && ".join(_sees_every_row(item.name) for item in secured)
    users: dict[str, set[str]] = defaultdict(set)
    for (mart, _), (table, _) in shared.items():
        users[table].add(mart)
    for (mart, name), (table, column) in shared.items():
        entity = next(item.entity for item in marts if item.name == mart)
        conditions = {found.get(user, "") for user in users[table]}
        if "" in conditions:
            continue
        if name == contracts[entity].row_security:
            found[table] = _own_rows(entity, dax_column(table, column))
        elif len(conditions) == 1:  # all of the table's marts are withheld
            found[table] = conditions.pop()
    return found | ({ACCESS: f"{dax_column(ACCESS, _PRINCIPAL)} = USERPRINCIPALNAME()"} if found else {})


def _own_rows(entity: str, column: str) -> str:
    values = f'SELECTCOLUMNS({_rules(entity)}, "seen", {dax_column(ACCESS, _VALUE)})'
    return f"{column} IN {values} || {_sees_every_row(entity)}"


def _sees_every_row(entity: str) -> str:
    without_value = f"{dax_column(ACCESS, _VALUE)} = {dax_text('')}"
    return f"NOT ISEMPTY({_rules(entity, without_value)})"


def _rules(entity: str, *conditions: str) -> str:
    """The rules of who has signed in."""
    of_entity = f"{dax_column(ACCESS, _ENTITY)} = {dax_text(entity)}"
    of_reader = f"{dax_column(ACCESS, _PRINCIPAL)} = USERPRINCIPALNAME()"
    return f"FILTER('{ACCESS}', {' && '.join((of_entity, of_reader, *conditions))})"
