"""Lists the keys by which a contract says when its business days begin."""

from txplatform.contracts.keys import Key, Kind, Place

BUSINESS_DAY = Place(
    "The business day",
    "customProperties.businessDay",
    "By which clock, and from which time on, the `day` of marts is counted. Records keep their UTC times.",
    ("customProperties", "businessDay", "value"),
    (
        Key(name="timeZone", kind=Kind.TEXT,
            meaning="The time zone of the days, by its name in the IANA database; by default `UTC`.",
            example="Europe/Berlin", wrong="CEST"),
        Key(name="cutOff", kind=Kind.TEXT,
            meaning="The time of day in that zone at which a day ends and the next begins, as HH:MM; by default "
            "midnight. A day has the date on which most of it lies: from `'17:00'` on, records belong to the day "
            "after; before `'04:00'`, to the day before.",
            example="'17:00'", wrong="'24:00'"),
    ),
)  # fmt: skip
