"""Roles of the model: tables that show personal values, if only in part, are for those who may see an entity's.

They are named as the scopes of the data API are. Where a contract restricts rows, those who have the role `restricted`
see their own. Who has several roles sees what one of them shows.
https://learn.microsoft.com/power-bi/enterprise/service-admin-rls
"""

from collections.abc import Iterable, Mapping, Sequence

from txplatform.contracts.names import personal_scope
from txplatform.dashboards.powerbi.model import Role
from txplatform.dashboards.powerbi.row_access import ACCESS
from txplatform.warehouse.marts.model import Mart

READER, RESTRICTED = "reader", "restricted"
_NO_ROW = "FALSE()"


def roles(marts: Sequence[Mart], own_rows: Mapping[str, str]) -> tuple[Role, ...]:
    """The role of readers, and one for each entity of which a mart shows personal values in part.

    `own_rows` are the conditions of the tables whose rows are restricted; where there are any, there is a role of these
    too.
    """
    masked = {mart.name: mart.entity for mart in marts if mart.masked}
    entities = sorted(set(masked.values()))
    rules = {ACCESS: _NO_ROW} if own_rows else {}
    found = [
        Role(
            READER,
            "Sees every figure, and no row of tables that show personal values in part.",
            _withheld(masked) | rules,
        ),
        *(
            Role(
                personal_scope(entity),
                f"Sees tables that show personal values of {entity} in part, too.",
                _withheld(name for name, owner in masked.items() if owner != entity) | rules,
            )
            for entity in entities
        ),
    ]
    if own_rows:
        described = "Sees rows of their own, and no row of tables that show personal values in part."
        found.append(Role(RESTRICTED, described, {**own_rows, **_withheld(masked)}))
    return tuple(found)


def _withheld(tables: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(tables, _NO_ROW)
