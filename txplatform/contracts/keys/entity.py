"""Lists the keys of the file's top level, of its description, its object and its custom properties."""

from txplatform.contracts.keys import Key, Kind, Place

_DEFINITIONS = Key(
    name="authoritativeDefinitions", kind=Kind.MAPPINGS, descriptive=True,
    meaning="Links to where the business defines the thing.",
    example="[{type: businessDefinition, url: 'https://wiki.example.com/orders'}]",
    wrong="https://wiki.example.com/orders",
)  # fmt: skip

CONTRACT = Place(
    "The contract",
    "top level",
    "One file describes one entity.",
    (),
    (
        Key(name="apiVersion", kind=Kind.TEXT, required=True,
            choices=("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0"),
            meaning="Version of the Open Data Contract Standard that the file follows.",
            example="v3.1.0", wrong="v2.2.2"),
        Key(name="kind", kind=Kind.TEXT, required=True, choices=("DataContract",),
            meaning="What kind of document the file is.",
            example="DataContract", wrong="DataProduct"),
        Key(name="id", kind=Kind.TEXT, required=True,
            meaning="Identifier of the contract, unique among all contracts of the company.",
            example="urn:example:contract:orders", wrong="''"),
        Key(name="name", kind=Kind.TEXT, required=True,
            meaning="Name of the entity: up to 32 characters `a-z`, `0-9` and `_`, the first of them `a-z`. Tables, "
            "views, queue, routes and scopes are named after it, so no entity's name may be that of another with `_…` "
            "after it.",
            example="orders", wrong="Orders"),
        Key(name="version", kind=Kind.TEXT, required=True,
            meaning="Version of the contract, three numbers. Every change of a published contract needs a greater one.",
            example="1.0.1", wrong="'1.0'"),
        Key(name="status", kind=Kind.TEXT, required=True,
            choices=("proposed", "draft", "active", "deprecated", "retired"),
            meaning="Where the contract is in its life. The platform treats all of them alike.",
            example="deprecated", wrong="live"),
        Key(name="description", kind=Kind.MAPPING, required=True,
            meaning="What the entity is for.",
            example="{purpose: Orders of the web shop.}", wrong="Orders of the web shop."),
        Key(name="customProperties", kind=Kind.MAPPINGS, required=True,
            meaning="How the platform stores and orders the entity.",
            example="[{property: partitionTransform, value: day}, {property: versionField, value: updated_at}, "
            "{property: filesFrom, value: '2024-01-01'}]",
            wrong="[{property: retries, value: 3}]"),
        Key(name="team", kind=Kind.MAPPING_OR_MAPPINGS,
            meaning="Who answers for the entity; shown as owners in Dagster. Before version 3.1 of the standard the "
            "team is the list of its members.",
            example="{name: Orders data}", wrong="[{username: jdoe}]"),
        Key(name="tags", kind=Kind.TEXTS,
            meaning="Tags of the entity's assets in Dagster: up to 63 characters `a-z`, `A-Z`, `0-9`, `_`, `-` and `.` "
            "each.",
            example="[finance, real-time]", wrong="[real time]"),
        Key(name="slaProperties", kind=Kind.MAPPINGS,
            meaning="What is promised to readers of the entity. Dagster checks it.",
            example="[{property: freshness, value: 15, unit: min}]",
            wrong="[{property: retention, value: 3, unit: d}]"),
        Key(name="schema", kind=Kind.MAPPINGS, required=True,
            meaning="The entity's object: a list that holds exactly one.",
            example="[{name: orders, properties: [{name: id, description: Key., logicalType: string, required: true, "
            "primaryKey: true, logicalTypeOptions: {minLength: 1, maxLength: 9}}, {name: status, description: State., "
            "logicalType: string, logicalTypeOptions: {minLength: 1, maxLength: 9}}, {name: channel, "
            "description: Place., logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: "
            "[web, shop]}, mustBe: 0}]}, {name: updated_at, description: "
            "Last change., logicalType: timestamp, required: true, partitioned: true}]}]",
            wrong="[]"),
        Key(name="tenant", kind=Kind.TEXT, descriptive=True,
            meaning="The organisation that the data belongs to.", example="example", wrong="7"),
        Key(name="domain", kind=Kind.TEXT, descriptive=True,
            meaning="The business domain.", example="sales", wrong="7"),
        Key(name="dataProduct", kind=Kind.TEXT, descriptive=True,
            meaning="The data product that the entity is part of.", example="shop", wrong="7"),
        Key(name="support", kind=Kind.MAPPINGS, descriptive=True,
            meaning="Where readers of the data get help.",
            example="[{channel: orders-help, tool: slack}]", wrong="orders-help"),
        Key(name="price", kind=Kind.MAPPING, descriptive=True,
            meaning="What the data costs its readers.",
            example="{priceAmount: 0, priceCurrency: EUR, priceUnit: gigabyte}", wrong="0"),
        Key(name="roles", kind=Kind.MAPPINGS, descriptive=True,
            meaning="Roles that readers of the data request. The platform grants nothing by them.",
            example="[{role: orders-reader, access: read}]", wrong="orders-reader"),
        Key(name="contractCreatedTs", kind=Kind.TEXT, descriptive=True,
            meaning="When the contract was written.", example="2024-01-01T00:00:00Z", wrong="20240101"),
        _DEFINITIONS,
    ),
)  # fmt: skip

DESCRIPTION = Place(
    "The description",
    "description",
    "What the entity is for. Dagster and the API reference show its purpose.",
    ("description",),
    (
        Key(name="purpose", kind=Kind.TEXT, required=True,
            meaning="What a record is, and what the records are for.",
            example="Orders of the web shop, one record an order.", wrong="''"),
        Key(name="usage", kind=Kind.TEXT, descriptive=True,
            meaning="What the records are meant to be used for.", example="Revenue reporting.", wrong="7"),
        Key(name="limitations", kind=Kind.TEXT, descriptive=True,
            meaning="What the records must not be used for, or do not hold.",
            example="Cancelled orders are not part of this entity.", wrong="7"),
        _DEFINITIONS,
    ),
)  # fmt: skip

ENTITY_PROPERTIES = Place(
    "Custom properties of the entity",
    "customProperties",
    "How the platform stores and orders the entity. They are written as a list of entries `property` and `value`.",
    ("customProperties",),
    (
        Key(name="partitionTransform", kind=Kind.TEXT, required=True, choices=("day", "month", "year"),
            meaning="Whether the snapshot is partitioned by day, month or year of the partition field. Choose so that "
            "a partition holds many thousands of records.",
            example="month", wrong="hour"),
        Key(name="versionField", kind=Kind.TEXT, required=True,
            meaning="The field that orders the versions of a record at its source: the greatest is its state. It is "
            "a required timestamp, date or integer from 0.",
            example="updated_at", wrong="reference"),
        Key(name="filesFrom", kind=Kind.DAY, required=True,
            meaning="The first day of the entity's historical files: the first partition in Dagster.",
            example="'2020-01-01'", wrong="January 2020"),
        Key(name="hotDays", kind=Kind.COUNT,
            meaning="How many days, counted back from today, commonly still receive files and changes, 1 to 366; by "
            "default 3. Their folders are listed every hour for objects whose notification was lost, all others once a "
            "day; see [how landed objects are found](../concepts/detection.md).",
            example="7", wrong="0"),
        Key(name="indexes", kind=Kind.MAPPINGS,
            meaning="The queries that the data API answers besides reading by key: `GET /v1/orders?status=paid`. Each "
            "is a secondary index of the DynamoDB table, 20 at most; see [lists of the API](lists.md) and "
            "[add an index](../guides/add-an-index.md).",
            example="[{field: channel, sortedBy: created_at}]",
            wrong="[{field: reference, sortedBy: created_at}]"),
        Key(name="tieBreakers", kind=Kind.MAPPINGS,
            meaning="What orders records of one version, where a source's clock is too coarse for all its changes: the "
            "first field that differs decides. Records of one version that agree in all of these fields, and differ "
            "in others, are refused as a `version_conflict`; see [two records of one "
            "version](../decisions/equal-versions.md).",
            example="[{field: status, ranks: [new, open, paid]}, {field: items}]",
            wrong="[{field: total}]"),
        Key(name="futureSkewHours", kind=Kind.COUNT,
            meaning="How many hours ahead of now the version of a record may be that reaches the data API, up to "
            "87600; by default 24. A version further ahead is refused: as the greatest, it would lock its record. Only "
            "where the version field is a timestamp or date.",
            example="1", wrong="87601"),
        Key(name="unknownFields", kind=Kind.TEXT, choices=("refuse", "ignore", "keep"),
            meaning="What becomes of what a record has under a name that the contract does not know. `refuse`, the "
            "default, refuses the record; `ignore` drops the value, and counts it; `keep` puts it under its name into "
            "the field `rest`, which the contract then has at its end: it is JSON, and personal. A CSV or Parquet file "
            "is refused as a whole for an unknown column.",
            example="keep", wrong="drop"),
        Key(name="preconditionRequired", kind=Kind.FLAG,
            meaning="Whether PUT, PATCH and DELETE of a record need `If-Match` or `If-None-Match`, so that nobody "
            "writes over what they have not read. Batches and queues need none.",
            example="true", wrong="sometimes"),
        Key(name="errorBudget", kind=Kind.MAPPING,
            meaning="How many refused rows a file, and a day of files, may have before nothing of it is committed. "
            "Without it, good rows go on however many are refused.",
            example="{fileRatio: 0.05, dayRows: 1000}", wrong="0.05"),
        Key(name="businessDay", kind=Kind.MAPPING,
            meaning="By which time zone, and from which time of day on, the days of the entity's marts are counted. "
            "Without it, they are those of UTC.",
            example="{timeZone: America/New_York, cutOff: '17:00'}", wrong="Europe/Berlin"),
        Key(name="dashboardImport", kind=Kind.TEXT, choices=("spice", "direct"),
            meaning="Whether QuickSight's data sets of the entity's marts are copies in SPICE, renewed when parity is "
            "proven, or ask Athena each time. Without it, they are copies.",
            example="direct", wrong="cached"),
        Key(name="rowSecurity", kind=Kind.TEXT,
            meaning="The text by whose values readers of dashboards in QuickSight and Power BI are restricted to rows "
            "of their own. See [rows by reader](../guides/quicksight.md#rows-by-reader). Without it, who sees a "
            "dashboard sees all rows.",
            example="channel", wrong="total"),
        Key(name="leastRedelivery", kind=Kind.NUMBER,
            meaning="Which share of a day's live rows a new delivery of the day must hold, from 0 to 1. One that holds "
            "less, as a file does that was cut, changes nothing until a run says `empty_days: delete`. Without it, "
            "only a delivery without any row is held back.",
            example="0.5", wrong="50"),
        Key(name="defaultSource", kind=Kind.TEXT,
            meaning="The source system whose mapping applies to files that lie in no system's folder, "
            "`raw/<entity>/dt=…/`. Without it, these have the names and values of the contract. See [files of a source "
            "system](../guides/files-of-a-source-system.md).",
            example="crm", wrong="The CRM"),
        Key(name="files", kind=Kind.MAPPING,
            meaning="How files in the contract's form are written, where their content does not say it: encoding, "
            "place of the records, sheet, and the ways of texts. See [which files are "
            "read](../guides/backfill.md#which-files-are-read).",
            example="{encoding: latin-1}", wrong="latin-1"),
    ),
    as_properties=True,
)  # fmt: skip

INDEX = Place(
    "An index",
    "customProperties.indexes[…]",
    "Records are looked up by one value of a field and come in the order of a time.",
    ("customProperties", "indexes", "value", "status"),
    (
        Key(name="field", kind=Kind.TEXT, required=True,
            meaning="The field whose value is asked for; each field has one index at most. Texts are bounded: "
            "`validValues`, or `maxLength` with a `minLength` from 1 or a `pattern` that no empty text matches. "
            "DynamoDB cannot index booleans. Values of `personal` fields travel in a header, not in the URL. A record "
            "without a value is not in the index.",
            example="channel", wrong="reference"),
        Key(name="sortedBy", kind=Kind.TEXT, required=True,
            meaning="The required timestamp or date by which the records are sorted and bounded: "
            "`created_at.gte=…&created_at.lt=…`.",
            example="created_at", wrong="total"),
    ),
)  # fmt: skip

TIE_BREAKER = Place(
    "A tie-breaker",
    "customProperties.tieBreakers[…]",
    "Of two records of one version, the one with the greater value is the later state. A record without a value comes "
    "before all others.",
    ("customProperties", "tieBreakers", "value", "channel"),
    (
        Key(name="field", kind=Kind.TEXT, required=True,
            meaning="The field that is compared: an integer, date or timestamp, such as the source's sequence number, "
            "a text by its characters (`maxLength` up to 128), or a text by `ranks`. It is not personal, and not one "
            "that two records of one version share: key, version field, partition field.",
            example="channel", wrong="total"),
        Key(name="ranks", kind=Kind.TEXTS,
            meaning="The states of a text in the order in which a record goes through them: all its `validValues`.",
            example="[shop, web]", wrong="[web]"),
    ),
)  # fmt: skip

PROPERTY_ENTRY = Place(
    "An entry of customProperties",
    "customProperties[…]",
    "The standard's way to write what it has no key for.",
    ("customProperties", "versionField"),
    (
        Key(name="property", kind=Kind.TEXT, required=True,
            meaning="Name of the custom property; each appears once.",
            example="versionField", wrong="version"),
        Key(name="value", kind=Kind.ANY, required=True,
            meaning="Value of the custom property.", example="updated_at", wrong="[]"),
        Key(name="id", kind=Kind.TEXT, descriptive=True,
            meaning="Identifier of the entry for references.", example="version-field", wrong="7"),
        Key(name="description", kind=Kind.TEXT, descriptive=True,
            meaning="Why the value is what it is.", example="The shop sets it on every change.", wrong="7"),
    ),
)  # fmt: skip

OBJECT = Place(
    "The object",
    "schema[1]",
    "The entity's fields.",
    ("schema", "orders"),
    (
        Key(name="name", kind=Kind.TEXT, required=True,
            meaning="The name of the contract once more.", example="orders", wrong="order"),
        Key(name="properties", kind=Kind.MAPPINGS, required=True,
            meaning="The fields, in the order of the tables' columns. New fields go to the end.",
            example="[{name: order_id, description: Key., logicalType: string, required: true, primaryKey: true, "
            "logicalTypeOptions: {minLength: 1, maxLength: 9}}, {name: status, description: State., "
            "logicalType: string, logicalTypeOptions: {minLength: 1, maxLength: 9}}, {name: channel, "
            "description: Place., logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: "
            "[web, shop]}, mustBe: 0}]}, {name: total, description: T., logicalType: integer}, {name: goods, "
            "description: G., logicalType: integer}, {name: shipping, description: S., logicalType: integer}, "
            "{name: items, description: I., logicalType: integer}, {name: created_at, description: First state., "
            "logicalType: timestamp}, {name: updated_at, description: "
            "Last change., logicalType: timestamp, required: true, partitioned: true}]",
            wrong="[]"),
        Key(name="quality", kind=Kind.MAPPINGS,
            meaning="What is asked of whole records, of a file's keys and of the table.",
            example="[{name: times, type: custom, engine: txplatform, implementation: "
            "{order: [created_at, updated_at]}}]",
            wrong="[{metric: rowCount, mustBeGreaterThan: 0}]"),
        Key(name="businessName", kind=Kind.TEXT,
            meaning="Title of the entity for people, by default its name.", example="Orders", wrong="7"),
        Key(name="tags", kind=Kind.TEXTS,
            meaning="More tags of the entity; they join those of the contract.", example="[shop]", wrong="shop"),
        Key(name="id", kind=Kind.TEXT, descriptive=True,
            meaning="Identifier of the object for references.", example="orders_object", wrong="7"),
        Key(name="logicalType", kind=Kind.TEXT, choices=("object",), descriptive=True,
            meaning="The standard's type of an object.", example="object", wrong="array"),
        Key(name="physicalType", kind=Kind.TEXT, descriptive=True,
            meaning="What the object is where it is stored.", example="table", wrong="7"),
        Key(name="physicalName", kind=Kind.TEXT, descriptive=True,
            meaning="Name of the object at its source. The platform names its tables by `name`.",
            example="shop_orders", wrong="7"),
        Key(name="description", kind=Kind.TEXT, descriptive=True,
            meaning="What the object is.", example="Orders as the shop keeps them.", wrong="7"),
        Key(name="dataGranularityDescription", kind=Kind.TEXT, descriptive=True,
            meaning="What one record stands for.", example="One record an order.", wrong="7"),
        _DEFINITIONS,
    ),
)  # fmt: skip
