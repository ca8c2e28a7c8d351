"""Lists every place of a contract, and of a source system's file, in the order of their references."""

from txplatform.contracts.keys.business_day import BUSINESS_DAY
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
from txplatform.contracts.keys.files import FILES, SYSTEM_FILES
from txplatform.contracts.keys.nested import ITEMS, MEMBER_FIELD
from txplatform.contracts.keys.ownership import MEMBER, SERVICE_LEVEL, TEAM
from txplatform.contracts.keys.quality import (
    ERROR_BUDGET,
    OBJECT_QUALITY,
    RECORD_RULE,
    RELATIONSHIP,
    UNIQUE_ARGUMENTS,
)
from txplatform.contracts.keys.source import IGNORE, LAYOUT, RECORD, REFUSE, SYSTEM, VALUE, WEBHOOK
from txplatform.contracts.keys.text_conventions import FIELD_TEXTS, TEXTS
from txplatform.contracts.keys.transform import TRANSFORMS

SOURCE_PLACES = (SYSTEM, WEBHOOK, SYSTEM_FILES, LAYOUT, RECORD, VALUE, IGNORE, REFUSE, *TRANSFORMS.values())
PLACES = (
    CONTRACT,
    DESCRIPTION,
    TEAM,
    MEMBER,
    SERVICE_LEVEL,
    ENTITY_PROPERTIES,
    INDEX,
    TIE_BREAKER,
    ERROR_BUDGET,
    BUSINESS_DAY,
    FILES,
    TEXTS,
    FIELD_TEXTS,
    OBJECT,
    OBJECT_QUALITY,
    UNIQUE_ARGUMENTS,
    RECORD_RULE,
    FIELD,
    MEMBER_FIELD,
    ITEMS,
    OPTIONS,
    QUALITY,
    ARGUMENTS,
    ALIGNMENT,
    RELATIONSHIP,
    PROPERTY_ENTRY,
)
