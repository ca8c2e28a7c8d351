"""Lists the keys that say in which other ways the texts of files write values, of all fields or of one."""

from txplatform.contracts.keys import Key, Kind, Place

GROUP_CHARS = (",", ".", "'", "’", " ")

_CONVENTIONS = (
    Key(name="decimalChar", kind=Kind.TEXT, choices=(".", ","),
        meaning="What stands before the decimal places of numbers in CSV files, a point by default. With a comma, a "
        "number with a point is refused, as other files write exact numbers with a point.",
        example="','", wrong="';'"),
    Key(name="groupChar", kind=Kind.TEXT, choices=GROUP_CHARS,
        meaning="What may stand between groups of three digits in CSV files; a blank stands for the narrow and the "
        "no-break one too. It is not the `decimalChar`.",
        example="\"'\"", wrong="'.'"),
    Key(name="looseNumbers", kind=Kind.FLAG,
        meaning="Whether numbers may be written as `.5`, `5.` and `+5`.", example="true", wrong="'yes'"),
    Key(name="missingValues", kind=Kind.TEXTS,
        meaning="Texts that stand for no value, such as `NULL`, in this case alone.",
        example="['NULL', n/a]", wrong="n/a"),
    Key(name="trim", kind=Kind.FLAG,
        meaning="Whether blanks around the values of text fields are left out, and a text of blanks is no value. "
        "Around other values they never count.",
        example="true", wrong="'yes'"),
    Key(name="dateFormat", kind=Kind.TEXT,
        meaning="How dates are written, beside `yyyy-MM-dd`: `yyyy`, `MM` or `M`, `dd` or `d`, and between them blanks "
        "and `- . / ,`. A year has four digits.",
        example="dd.MM.yyyy", wrong="dd.MM.yy"),
    Key(name="timestampFormat", kind=Kind.TEXT,
        meaning="How timestamps are written, beside ISO 8601: as dates, with `HH`, `mm` and, where they are there, "
        "`ss`, a fraction `SSS` of as many digits, and the zone `XXX`; `T` and `:` too stand for themselves.",
        example="dd.MM.yyyy HH:mm:ss", wrong="dd.MM.yyyy hh:mm:ss"),
    Key(name="defaultTimezone", kind=Kind.TEXT,
        meaning="The zone of timestamps that name none, by its name in the IANA database. A time that a change of the "
        "clocks makes twice, or never, is refused.",
        example="Europe/Prague", wrong="CET/Prague"),
    Key(name="looseZones", kind=Kind.FLAG,
        meaning="Whether zones may be written as `+00`, `UTC` and `GMT`, and after a blank.",
        example="true", wrong="'yes'"),
)  # fmt: skip

_PATH = ("customProperties", "files", "value", "texts")
FIELD_TEXTS = Place(
    "Texts of one field",
    "customProperties.files.texts.fields.…",
    "What is said of one field alone; it counts instead of what is said of all.",
    (*_PATH, "fields", "status"),
    _CONVENTIONS,
)
TEXTS = Place(
    "Texts of files",
    "customProperties.files.texts",
    "Other ways in which files in the contract's form write values. What is not declared is refused, and nothing is "
    "guessed. Mappings of source systems have transforms for that.",
    _PATH,
    (
        *_CONVENTIONS,
        Key(name="fields", kind=Kind.NAMED,
            meaning="The same for single fields, by their names; not for what is within objects and arrays.",
            example="{total: {decimalChar: ','}}", wrong="{price: {decimalChar: ','}}"),
    ),
)  # fmt: skip
