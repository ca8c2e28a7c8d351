"""Lists the keys that say how files are written, of a contract and of a source system alike."""

from txplatform.contracts.keys import Key, Kind, Place

_MEANING = "How files are written, where their content does not say it. Without it, text is UTF-8."
_KEYS = (
    Key(name="encoding", kind=Kind.TEXT,
        choices=("utf-8", "utf-16-le", "utf-16-be", "latin-1", "iso-8859-15", "cp1250", "cp1251", "cp1252"),
        meaning="The encoding of text files that begin with no byte order mark; `utf-8` by default. It is never "
        "guessed: a record that it cannot decode is refused with its line.",
        example="cp1252", wrong="ansi"),
    Key(name="recordsPath", kind=Kind.TEXT,
        meaning="Where the records are in a file that is one JSON document: a JSON pointer through objects to the list "
        "of them, such as `/data/items`. Without it, a JSON file holds objects, or one list of them.",
        example="/data/items", wrong="data.items"),
    Key(name="sheet", kind=Kind.TEXT,
        meaning="The sheet of a workbook that holds the records; by default its first.",
        example="Orders", wrong="''"),
)  # fmt: skip

_TEXTS = Key(name="texts", kind=Kind.MAPPING,
    meaning="Other ways in which their texts write numbers, dates, times and what is missing.",
    example="{decimalChar: ','}", wrong="{decimalChar: ';'}")  # fmt: skip

FILES = Place(
    "How files are written",
    "customProperties.files",
    _MEANING,
    ("customProperties", "files", "value"),
    (*_KEYS, _TEXTS),
)
SYSTEM_FILES = Place("How files are written", "files", _MEANING, ("files",), _KEYS)
