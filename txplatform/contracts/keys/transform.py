"""Lists the transforms of source systems, each a place whose keys are the transform's arguments."""

from txplatform.contracts.keys import Key, Kind, Place

EXPRESSION_ARGUMENTS = {
    ("minorUnits", "currency"),
    ("prefix", "with"),
    ("numbered", "in"),
}  # (transform, argument) pairs that hold an expression


def _transform(name: str, meaning: str, *keys: Key) -> Place:
    where = f"records[…].fields.….transforms[…].{name}"
    return Place(f"Transform `{name}`", where, meaning, ("transforms", name), keys)


_TRANSFORMS = (
    _transform(
        "minorUnits",
        "Turns a whole number of the currency's smallest units into a decimal, by the number of decimals that ISO 4217 "
        "has for it: 1099 is 10.99 in EUR, 1099 in JPY, 1.099 in KWD. An unknown currency is refused.",
        Key(name="currency", kind=Kind.TEXT, required=True,
            meaning="Expression of the currency's code, in any case.", example="currency", wrong="currency["),
        Key(name="exponents", kind=Kind.COUNT_MAPPING,
            meaning="Numbers of decimals where the source differs from ISO 4217.",
            example="{ISK: 2, UGX: 2}", wrong="{ISK: two}"),
    ),
    _transform(
        "epoch",
        "Reads a number as time since 1970, UTC. What is finer than a microsecond is cut off.",
        Key(name="unit", kind=Kind.TEXT, required=True, choices=("s", "ms", "us", "ns"),
            meaning="Unit of the number.", example="s", wrong="minutes"),
    ),
    _transform(
        "timestamp",
        "Reads a text as a moment, by default in ISO 8601 with any offset, and writes it in UTC. What is finer than a "
        "microsecond is cut off.",
        Key(name="format", kind=Kind.TEXT,
            meaning="Form of the text by `%Y %m %d %b %H %M %S %f %z` and `%%`; every other character stands for "
            "itself. It has a year, a month and a day.",
            example="'%Y%m%d-%H:%M:%S'", wrong="'%c'"),
        Key(name="zone", kind=Kind.TEXT,
            meaning="Offset of texts that have none: `Z`, or `+hh:mm`. Without it they are refused.",
            example="Z", wrong="Europe/Prague"),
    ),
    _transform(
        "moment",
        "Reads a number as `epoch` does, and a text as `timestamp` does: for sources that write one here, the other "
        "there.",
        Key(name="unit", kind=Kind.TEXT, required=True, choices=("s", "ms", "us", "ns"),
            meaning="Unit of a number.", example="ms", wrong="minutes"),
        Key(name="zone", kind=Kind.TEXT,
            meaning="Offset of texts that have none: `Z`, or `+hh:mm`. Without it they are refused.",
            example="Z", wrong="Europe/Prague"),
    ),
    _transform(
        "notBefore",
        "Refuses a moment or day before this one, as a wrong unit or a lost digit makes them. It comes after the step "
        "that reads the moment.",
        Key(name="day", kind=Kind.DAY, required=True,
            meaning="First day that can be true, such as the system's first.",
            example='"2017-07-14"', wrong="yesterday"),
    ),
    _transform(
        "later",
        "Adds seconds to a moment: for a state that comes after another one, of which the source may say a later time. "
        "It comes after the step that reads the moment.",
        Key(name="seconds", kind=Kind.COUNT, required=True,
            meaning="How many, a day of them at most.", example="60", wrong="86401"),
    ),
    _transform(
        "date",
        "Reads a text as a day, by default `YYYY-MM-DD`.",
        Key(name="format", kind=Kind.TEXT,
            meaning="Form of the text, as that of `timestamp`.", example="'%d.%m.%Y'", wrong="'%d.%m'"),
    ),
    _transform("trim", "Removes white space at both ends of a text."),
    _transform("upper", "Writes a text in capitals."),
    _transform("lower", "Writes a text in small characters."),
    _transform("text", "Writes a number, or true or false, as a text, digit for digit."),
    _transform("integer", "Reads a text of digits, or a number without a fraction, as a whole number."),
    _transform(
        "decimal",
        "Reads a text as an exact decimal.",
        Key(name="point", kind=Kind.TEXT,
            meaning="What stands before the fraction, `.` by default.", example="','", wrong="'5'"),
        Key(name="groups", kind=Kind.TEXT,
            meaning="What stands between groups of three digits; without it there are no groups.",
            example="' '", wrong="'--'"),
    ),
    _transform(
        "enum",
        "Replaces whole texts, numbers, and true or false by texts. A value that is not listed is refused.",
        Key(name="values", kind=Kind.TEXT_MAPPING, required=True,
            meaning="What replaces what.", example="{p: paid, o: open}", wrong="{1: paid}"),
        Key(name="default", kind=Kind.TEXT,
            meaning="Replaces every value that is not listed.", example="new", wrong="1"),
    ),
    _transform(
        "boolean",
        "Reads words as true or false; JSON's true and false stay. Another word is refused.",
        Key(name="trueWords", kind=Kind.TEXTS, required=True,
            meaning="Words for true, as the source writes them.", example="['yes', '1']", wrong="[yes]"),
        Key(name="falseWords", kind=Kind.TEXTS, required=True,
            meaning="Words for false.", example="['no', '0']", wrong="[no]"),
    ),
    _transform(
        "split",
        "Cuts a text into parts, and takes one where `part` says which.",
        Key(name="separator", kind=Kind.TEXT, required=True, meaning="What stands between the parts.",
            example="'-'", wrong="''"),
        Key(name="part", kind=Kind.COUNT,
            meaning="Which part, from 0. A text with fewer parts is refused.", example="0", wrong="-1"),
    ),
    _transform(
        "prefix",
        "Puts a text or number before another, for identifiers that are unique within something else only. Without "
        "one, the value is refused.",
        Key(name="with", kind=Kind.TEXT, required=True,
            meaning="Expression of what stands before it.", example="$.order.shop", wrong="shop["),
        Key(name="values", kind=Kind.TEXT_MAPPING,
            meaning="What replaces what stands before it, where the source has several names for one thing. A value "
            "that is not listed is refused.", example="{n: north}", wrong="{1: north}"),
        Key(name="separator", kind=Kind.TEXT, required=True, meaning="What stands between the two.",
            example="'-'", wrong="''"),
    ),
    _transform(
        "numbered",
        "Tells equal items of a list apart, for sources that give theirs no identifier: to the value of the second of "
        "them `-2` is added, of the third `-3`. The same list, or a longer one, numbers them alike.",
        Key(name="in", kind=Kind.TEXT, required=True,
            meaning="Expression of the list in which the item stands, whose items are lists of texts and numbers.",
            example="$.orders", wrong="orders["),
    ),
    _transform(
        "ending",
        "Reads which of some texts another ends with, after at least one character. Another is refused.",
        Key(name="values", kind=Kind.TEXTS, required=True,
            meaning="The endings; none of them may end with another, since then both could be meant.",
            example="['USDT', 'EUR']", wrong="['USD', 'BUSD']"),
    ),
    _transform(
        "join",
        "Joins a list of texts and whole numbers into one text. If one of them is null, so is the result.",
        Key(name="separator", kind=Kind.TEXT, required=True, meaning="What stands between the parts; `''` for nothing.",
            example="'-'", wrong="7"),
    ),
    _transform(
        "default",
        "Stands for a value that is absent or null.",
        Key(name="value", kind=Kind.SCALAR, required=True,
            meaning="The value instead.", example="none", wrong="[none]"),
    ),
    _transform(
        "nullIf",
        "Takes texts for an absent value.",
        Key(name="values", kind=Kind.TEXTS, required=True,
            meaning="The texts.", example="['', 'n/a']", wrong="[0]"),
    ),
    _transform("sum", "Adds the numbers of a list, exactly. If one of them is null, so is the result."),
    _transform(
        "product",
        "Multiplies the numbers of a list, exactly. If one of them is null, so is the result.",
        Key(name="scale", kind=Kind.COUNT,
            meaning="Greatest number of decimals of the result: a product with more is refused, never rounded.",
            example="18", wrong="many"),
    ),
    _transform(
        "reference",
        "Reads the identifier of another object, which stands there by itself or within the object.",
        Key(name="key", kind=Kind.TEXT,
            meaning="Name of the identifier within the object, `id` by default.", example="Id", wrong="7"),
    ),
)  # fmt: skip

TRANSFORMS = {place.path[-1]: place for place in _TRANSFORMS}
