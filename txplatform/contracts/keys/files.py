"""Lists the keys that say how the files of a contract are written."""

from txplatform.contracts.keys import Key, Kind, Place

FILES = Place(
    "How files are written",
    "customProperties.files",
    "How files are written, where their content does not say it.",
    ("customProperties", "files", "value"),
    (
        Key(name="texts", kind=Kind.MAPPING,
            meaning="Other ways in which their texts write numbers, dates, times and what is missing.",
            example="{decimalChar: ','}", wrong="{decimalChar: ';'}"),
    ),
)  # fmt: skip
