"""Roles of the model: tables that show personal values, if only in part, are for those who may see an entity's.

They are named as the scopes of the data API are. Who has several roles sees what one of them shows.
https://learn.microsoft.com/power-bi/enterprise/service-admin-rls
"""

from collections.abc import Sequence

from txplatform.contracts.names import personal_scope
from txplatform.dashboards.powerbi.model import Role
from txplatform.warehouse.marts.model import Mart

READER = "reader"


def roles(marts: Sequence[Mart]) -> tuple[Role, ...]:
    """The role of readers, and one for each entity of which a mart shows personal values in part."""
    masked = {mart.name: mart.entity for mart in marts if mart.masked}
    entities = sorted(set(masked.values()))
    return (
        Role(READER, "Sees every figure, and no row of tables that show personal values in part.", tuple(masked)),
        *(
            Role(
                personal_scope(entity),
                f"Sees tables that show personal values of {entity} in part, too.",
                tuple(name for name, owner in masked.items() if owner != entity),
            )
            for entity in entities
        ),
    )
