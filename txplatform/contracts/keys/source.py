"""Lists the keys of a source system's file."""

from txplatform.contracts.keys import Key, Kind, Place

SYSTEM = Place(
    "Top level",
    "top level",
    "One source system a file.",
    (),
    (
        Key(name="kind", kind=Kind.TEXT, required=True, choices=("SourceSystem",),
            meaning="What the file describes.", example="SourceSystem", wrong="DataContract"),
        Key(name="name", kind=Kind.TEXT, required=True,
            meaning="Name of the system: up to 32 characters `a-z`, `0-9` and `_`, the first of them `a-z`. Its queue "
            "is named after it.",
            example="shop", wrong="Shop"),
        Key(name="version", kind=Kind.TEXT, required=True,
            meaning="Version of the mapping, three numbers. A published version never changes.",
            example="1.2.0", wrong="'1.2'"),
        Key(name="description", kind=Kind.TEXT, required=True,
            meaning="What the system is, and what of it is mapped.", example="The web shop.", wrong="''"),
        Key(name="match", kind=Kind.TEXT,
            meaning="Expression that is true for the system's payloads; others are refused. A message whose SQS "
            "attribute `source` names the system needs none.",
            example="type == 'order'", wrong="type =="),
        Key(name="envelopes", kind=Kind.TEXTS, choices=("sns", "eventbridge", "cloudevents", "array", "gzip", "fix"),
            meaning="What may be around a payload, and is taken off first: `sns` (a notification without raw "
            "delivery), `eventbridge`, `cloudevents` (1.0, structured JSON), `array` (a JSON array of payloads), "
            "`gzip` (base64 of gzip) and `fix` (a FIX message, which becomes an object of its tags). They may be in "
            "each other, in any order.",
            example="[sns, array]", wrong="[zip]"),
        Key(name="webhook", kind=Kind.MAPPING,
            meaning="How the system signs what it posts.",
            example="{scheme: hmac_sha256, header: x-signature}", wrong="{scheme: none, header: x-signature}"),
        Key(name="files", kind=Kind.MAPPING,
            meaning="How the system's files are written, where their content does not say it: encoding, place of the "
            "records, sheet. See [which files are read](../guides/backfill.md#which-files-are-read).",
            example="{encoding: latin-1}", wrong="latin-1"),
        Key(name="records", kind=Kind.MAPPINGS, required=True,
            meaning="The records that a payload yields. Every rule that applies to a payload yields its own.",
            example="[{name: order, entity: orders, operation: delete, fields: {order_id: id, updated_at: changed}}]",
            wrong="[]"),
        Key(name="ignore", kind=Kind.MAPPINGS,
            meaning="Payloads that yield nothing on purpose. These rules are asked first, in order. A payload that "
            "neither one of them nor a record takes is refused.",
            example="[{when: type == 'ping', reason: ping}]", wrong="[{when: type == 'ping'}]"),
        Key(name="refuse", kind=Kind.MAPPINGS,
            meaning="Payloads that no record can be made of, although something happened: they are refused with a "
            "reason that says what to do. These rules are asked after those of `ignore`, in order.",
            example="[{when: type == 'lost', reason: lost, message: read the orders again}]",
            wrong="[{when: type == 'lost', reason: lost}]"),
        Key(name="layouts", kind=Kind.MAPPINGS,
            meaning="CSV and Parquet files whose records are not all of it: those without a header, and those whose "
            "names say something. The first entry that fits the name of a file counts.",
            example="[{name: 'orders-{day}', constants: {type: order}}]", wrong="[{name: 'orders/{day}'}]"),
    ),
)  # fmt: skip

WEBHOOK = Place(
    "The webhook",
    "webhook",
    "How the system signs what it posts to the webhook door.",
    ("webhook",),
    (
        Key(name="scheme", kind=Kind.TEXT, required=True, choices=("stripe", "hmac_sha256"),
            meaning="`hmac_sha256` signs the body; `stripe` signs the time and the body (`t=…,v1=…`).",
            example="hmac_sha256", wrong="md5"),
        Key(name="header", kind=Kind.TEXT, required=True,
            meaning="Header that holds the signature, in small characters.",
            example="x-signature", wrong="X Signature"),
        Key(name="encoding", kind=Kind.TEXT, choices=("hex", "base64"),
            meaning="How the signature is written, `hex` by default.", example="base64", wrong="base32"),
        Key(name="prefix", kind=Kind.TEXT,
            meaning="What stands before the signature in the header, such as `sha256=`.",
            example="sha256=", wrong="1"),
        Key(name="toleranceSeconds", kind=Kind.COUNT,
            meaning="How old a signed time may be, 300 by default. Only the scheme `stripe` signs one.",
            example="600", wrong="'600'"),
    ),
)  # fmt: skip

RECORD = Place(
    "A record",
    "records[…]",
    "Which records of one entity a payload yields.",
    ("records", "*"),
    (
        Key(name="name", kind=Kind.TEXT, on="order", required=True,
            meaning="Name of the rule, which reasons of refused records give: characters `a-z`, `0-9` and `_`.",
            example="order", wrong="An order"),
        Key(name="entity", kind=Kind.TEXT, on="order", required=True,
            meaning="Entity of the records.", example="orders", wrong="parcels"),
        Key(name="when", kind=Kind.TEXT, on="order",
            meaning="Expression over the payload: the rule applies where it is true. Without it, it always does.",
            example="type == 'order'", wrong="type = 'order'"),
        Key(name="over", kind=Kind.TEXT_OR_TEXTS, on="order",
            meaning="Expression that leads from the payload to the object, or list, that becomes a record, or the "
            "records. With several, each starts at every item of the one before. Without it, the payload is the item.",
            example="data.object", wrong="'data.'"),
        Key(name="operation", kind=Kind.TEXT_OR_MAPPING, on="order",
            meaning="`upsert` (by default), `patch` or `delete`, or a mapping as that of a field, whose value is "
            "`upsert` or `delete`. A `patch` changes the fields that have a value and leaves the others; it and a "
            "deletion need the fields of the key and of the version.",
            example="{from: action, transforms: [{enum: {values: {removed: delete}, default: upsert}}]}",
            wrong="remove"),
        Key(name="nulled", kind=Kind.TEXT, on="amendment",
            meaning="Expression of a list of names, for a `patch`: what of them is null became empty, and with it the "
            "fields whose expressions read it, or something within it. `a.b` names what the expression `a.b` reads. "
            "Any other operation has none: an upsert replaces the record.",
            example="emptied", wrong="emptied["),
        Key(name="fields", kind=Kind.NAMED, on="order", required=True,
            meaning="The fields of the entity, each with its value: an expression, or a mapping. Every required field "
            "is there, unless the contract has a default for it. Map what the source counts by, or a finer time, to "
            "the field of the version and those of the contract's `tieBreakers`: they alone say which of two states is "
            "the later, and [nothing is read from the source again](../decisions/reading-again.md).",
            example="{order_id: id, status: state, total: total, created_at: placed, updated_at: changed}",
            wrong="{order_id: id, colour: color}"),
    ),
)  # fmt: skip

VALUE = Place(
    "The value of a field",
    "records[…].fields.…",
    "A value that needs more than an expression.",
    ("records", "order", "fields", "*"),
    (
        Key(name="from", kind=Kind.TEXT_OR_TEXTS, on="total",
            meaning="Expression over the item, or several: the first value that is not null. An expression that "
            "begins with `$` reads the whole payload, one that begins with `^` the item of the step before in `over`.",
            example="[total, $.order.total]", wrong="[total, '$total']"),
        Key(name="constant", kind=Kind.SCALAR, on="channel",
            meaning="The value itself, instead of `from`.", example="web", wrong="[web]"),
        Key(name="transforms", kind=Kind.VALUES, on="total",
            meaning="What becomes of the value, in order: names of transforms, and mappings of one name to its "
            "arguments. A value that is null passes all but `default`.",
            example="[trim, {decimal: {point: ','}}]", wrong="[round]"),
        Key(name="fields", kind=Kind.NAMED, on="lines",
            meaning="The members of an object, or of each object of a list, each with its value as a field has one: "
            "expressions read the object, those that begin with `^` what `from` read, and transforms apply to the "
            "members. `from: '@'` makes an object of values beside each other. Without it, an object or list is taken "
            "as it is. An object without any value is absent.",
            example="{article: number, price: {from: amount, transforms: [{decimal: {}}]}}",
            wrong="{article: number, colour: color}"),
    ),
)  # fmt: skip

IGNORE = Place(
    "A rule to ignore",
    "ignore[…]",
    "Payloads that yield nothing on purpose.",
    ("ignore", "ping"),
    (
        Key(name="when", kind=Kind.TEXT, required=True,
            meaning="Expression over the payload.", example="type == 'ping'", wrong="'[?'"),
        Key(name="reason", kind=Kind.TEXT, required=True,
            meaning="Name under which they are counted: characters `a-z`, `0-9` and `_`.",
            example="ping", wrong="A ping"),
    ),
)  # fmt: skip

REFUSE = Place(
    "A rule to refuse",
    "refuse[…]",
    "Payloads that no record can be made of, although something happened.",
    ("refuse", "lost"),
    (
        Key(name="when", kind=Kind.TEXT, required=True,
            meaning="Expression over the payload.", example="type == 'lost'", wrong="'[?'"),
        Key(name="reason", kind=Kind.TEXT, required=True,
            meaning="Name of the reason: characters `a-z`, `0-9` and `_`.",
            example="lost", wrong="Lost"),
        Key(name="message", kind=Kind.TEXT, required=True,
            meaning="What happened and what to do, for whoever reads the dead letter.",
            example="read the orders again", wrong="''"),
    ),
)  # fmt: skip

LAYOUT = Place(
    "A layout of files",
    "layouts[…]",
    "Files whose records are not all of it.",
    ("layouts", "orders-{month}"),
    (
        Key(name="name", kind=Kind.TEXT_OR_TEXTS, required=True,
            meaning="Name of the files without folder and endings, or several names. A part in braces stands for any "
            "text, and becomes a column of every record; the same parts are in all names.",
            example="['orders-{month}', '{month}-orders']", wrong="'{shop}{month}'"),
        Key(name="columns", kind=Kind.TEXTS,
            meaning="Names of the columns of a CSV file that has no header, in their order.",
            example="[id, state, total, placed]", wrong="[id, id]"),
        Key(name="constants", kind=Kind.TEXT_MAPPING,
            meaning="Columns that have one value in all records of the file.",
            example="{type: order, unit: ms}", wrong="{month: '12'}"),
    ),
)  # fmt: skip
