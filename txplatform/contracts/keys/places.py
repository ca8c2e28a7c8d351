"""Lists every place of a contract, in the order of the reference."""

from txplatform.contracts.keys.entity import (
    CONTRACT,
    DESCRIPTION,
    ENTITY_PROPERTIES,
    INDEX,
    OBJECT,
    PROPERTY_ENTRY,
    TIE_BREAKER,
)
from txplatform.contracts.keys.field import ALIGNMENT, ARGUMENTS, FIELD, OPTIONS, QUALITY
from txplatform.contracts.keys.ownership import MEMBER, SERVICE_LEVEL, TEAM

PLACES = (
    CONTRACT,
    DESCRIPTION,
    TEAM,
    MEMBER,
    SERVICE_LEVEL,
    ENTITY_PROPERTIES,
    INDEX,
    TIE_BREAKER,
    OBJECT,
    FIELD,
    OPTIONS,
    QUALITY,
    ARGUMENTS,
    ALIGNMENT,
    PROPERTY_ENTRY,
)
