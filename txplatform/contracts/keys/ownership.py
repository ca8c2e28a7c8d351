"""Lists the keys of the team, its members and the service levels."""

from datetime import timedelta

from txplatform.contracts.keys import Key, Kind, Place

DURATION_UNITS = {
    **dict.fromkeys(("min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
}

TEAM = Place(
    "The team",
    "team",
    "Who answers for the entity. Its owners in Dagster are `team:<name>` and the e-mail address of every member who "
    "is there and has the role `owner`.",
    ("team",),
    (
        Key(name="name", kind=Kind.TEXT, required=True,
            meaning="Name of the team: up to 63 characters `a-z`, `A-Z`, `0-9`, space, `-` and `_`.",
            example="Orders data", wrong="orders/data"),
        Key(name="members", kind=Kind.MAPPINGS,
            meaning="People and role addresses of the team.",
            example="[{username: orders-data@example.com, role: owner}]", wrong="orders-data@example.com"),
        Key(name="id", kind=Kind.TEXT, descriptive=True,
            meaning="Identifier of the team for references.", example="orders_data", wrong="7"),
        Key(name="description", kind=Kind.TEXT, descriptive=True,
            meaning="What the team does.", example="Keeps the records of the shop.", wrong="7"),
    ),
)  # fmt: skip

MEMBER = Place(
    "A member of the team",
    "team.members[…]",
    "A person or, better, a role address that outlives persons.",
    ("team", "members", "orders-data@example.com"),
    (
        Key(name="username", kind=Kind.TEXT, required=True,
            meaning="Name of the account. It has to be an e-mail address where the role is `owner`.",
            example="orders-data@example.com", wrong="jdoe"),
        Key(name="role", kind=Kind.TEXT,
            meaning="Role in the team. A member with the role `owner` is an owner in Dagster; other roles are free.",
            example="owner", wrong="7"),
        Key(name="name", kind=Kind.TEXT, descriptive=True,
            meaning="Name for people.", example="Orders data on duty", wrong="7"),
        Key(name="dateIn", kind=Kind.DAY,
            meaning="First day in the team.", example="'2024-01-01'", wrong="January"),
        Key(name="dateOut", kind=Kind.DAY,
            meaning="Last day in the team. Who has one is not an owner any more.",
            example="'2025-12-31'", wrong="soon"),
        Key(name="replacedByUsername", kind=Kind.TEXT, descriptive=True,
            meaning="Who came after the member.", example="shop-data@example.com", wrong="7"),
        Key(name="id", kind=Kind.TEXT, descriptive=True,
            meaning="Identifier of the member for references.", example="on_duty", wrong="7"),
        Key(name="description", kind=Kind.TEXT, descriptive=True,
            meaning="What the member does.", example="Role address.", wrong="7"),
    ),
)  # fmt: skip

SERVICE_LEVEL = Place(
    "A service level",
    "slaProperties[…]",
    "The platform checks the two service levels below. Another one is refused, because nothing would measure it.",
    ("slaProperties", "freshness"),
    (
        Key(name="property", kind=Kind.TEXT, required=True, choices=("freshness", "frequency"),
            meaning="`freshness` is the longest time that may pass without new data of the entity in its current "
            "state. `frequency` is how often the source delivers files: the longest time between two of them.",
            example="freshness", wrong="retention"),
        Key(name="value", kind=Kind.NUMBER, required=True,
            meaning="How many of the unit; from 1 minute to 3660 days together with it.", example="15", wrong="0"),
        Key(name="unit", kind=Kind.TEXT, required=True,
            choices=tuple(DURATION_UNITS),
            meaning="Unit of the value.", example="min", wrong="m"),
        Key(name="driver", kind=Kind.TEXT, descriptive=True, choices=("regulatory", "analytics", "operational"),
            meaning="What the service level is there for.", example="operational", wrong="curiosity"),
        Key(name="id", kind=Kind.TEXT, descriptive=True,
            meaning="Identifier of the service level for references.", example="freshness_15_min", wrong="7"),
        Key(name="description", kind=Kind.TEXT, descriptive=True,
            meaning="Why the value is what it is.", example="Orders come at every hour.", wrong="7"),
    ),
)  # fmt: skip
