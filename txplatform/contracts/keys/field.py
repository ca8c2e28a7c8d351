"""Lists the keys of a field, of its options, its quality checks and its custom properties."""

from txplatform.contracts.keys import Key, Kind, Place
from txplatform.contracts.keys.evolution import EVOLUTION
from txplatform.contracts.model import FieldType

LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp", "object", "array")
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
_TIMES = (FieldType.DATE, FieldType.TIMESTAMP)

FIELD = Place(
    "A field",
    "schema[1].properties[…]",
    "A column of the entity. The standard calls it a property.",
    ("schema", "orders", "properties", "*"),
    (
        Key(name="name", kind=Kind.TEXT, required=True, on="reference",
            meaning="Name of the field: up to 63 characters `a-z`, `0-9` and `_`, the first of them `a-z`. `dt` and "
            "`pk` are reserved, and names that begin with `_` are the platform's own columns.",
            example="order_reference", wrong="orderReference"),
        Key(name="description", kind=Kind.TEXT, required=True, on="reference",
            meaning="What the value says. Dagster, Glue and the API reference show it.",
            example="The customer's own reference.", wrong="''"),
        Key(name="logicalType", kind=Kind.TEXT, required=True, on="reference",
            choices=LOGICAL_TYPES,
            meaning="Type of the value. An `integer` has 64 bits. A `number` is an exact decimal and needs a "
            "`physicalType`. A `timestamp` is UTC with microseconds. An `object` has `properties`, an `array` has "
            "`items`; up to four of them may be in each other. Such fields are not part of the key, partition field, "
            "version field, tie-breaker or index.",
            example="string", wrong="float"),
        Key(name="physicalType", kind=Kind.TEXT, on="total",
            meaning="Type in SQL: `varchar`, `bigint`, `boolean`, `date` or `timestamp` as the logical type wants it, "
            "and for numbers `decimal(precision,scale)` of at most 38 digits. An object is a `struct`, or with "
            "`map(varchar,…)` a map of names to values of one of these types; an array is an `array`. An object or "
            "array that is `json` may hold any JSON: the lake has its text, with sorted names. Files older than "
            "version 3.1 of the standard write a timestamp as `logicalType: date` with `physicalType: timestamp`.",
            example="decimal(18,2)", wrong="double"),
        Key(name="properties", kind=Kind.MAPPINGS, on="address",
            meaning="The members of an object, each a field as below. New members go to the end.",
            example="[{name: city, description: City., logicalType: string}]", wrong="[]"),
        Key(name="items", kind=Kind.MAPPING, on="labels",
            meaning="What an array holds. None of its values is null.",
            example="{logicalType: string}", wrong="{logicalType: text}"),
        Key(name="required", kind=Kind.FLAG, on="reference",
            meaning="Whether every record must have a value. Fields of the key, the partition field and the version "
            "field are required.",
            example="true", wrong="'yes'"),
        Key(name="primaryKey", kind=Kind.FLAG, on="order_id",
            meaning="Whether the field is part of the primary key. Such a field is required and not personal; it is "
            "a string with both lengths, an integer, a date or a timestamp. The whole key fits into 2048 bytes.",
            example="true", wrong="'yes'"),
        Key(name="primaryKeyPosition", kind=Kind.COUNT, on="order_id",
            meaning="Place of the field in the key, from 1. A key of one field needs none.",
            example="1", wrong="2"),
        Key(name="partitioned", kind=Kind.FLAG, on="created_at",
            meaning="Marks the one field that partitions the snapshot: a required date or timestamp that never "
            "changes while a record lives.",
            example="true", wrong="false"),
        Key(name="partitionKeyPosition", kind=Kind.COUNT, descriptive=True, on="created_at",
            meaning="Place of the field among the partition fields; there is one.", example="1", wrong="first"),
        Key(name="classification", kind=Kind.TEXT, choices=("public", "internal", "personal"), on="reference",
            meaning="Values of `personal` fields are masked in views for dashboards, left out of messages, logs and "
            "alerts, and left out of the API's answers to tokens without the scope `<entity>.personal`. `internal` is "
            "the default. A field is personal as a whole where anything within it is.",
            example="personal", wrong="confidential"),
        Key(name="logicalTypeOptions", kind=Kind.MAPPING, on="reference",
            meaning="Rules on the value.", example="{maxLength: 40}", wrong="{format: uuid}"),
        Key(name="quality", kind=Kind.MAPPINGS, on="reference",
            meaning="The list of allowed values, and checks in words.",
            example="[{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}]",
            wrong="[{metric: nullValues, mustBe: 0}]"),
        Key(name="relationships", kind=Kind.MAPPINGS, on="reference",
            meaning="The field of another entity whose values the field holds: one entry at most.",
            example="[{to: parcels.parcel_id}]", wrong="[{to: parcels.parcel_id}, {to: boxes.box_id}]"),
        Key(name="customProperties", kind=Kind.MAPPINGS, on="reference",
            meaning="How the source's form of the value becomes the platform's.",
            example="[{property: aliases, value: [ref]}]", wrong="[{property: unit, value: cents}]"),
        Key(name="examples", kind=Kind.VALUES, on="total",
            meaning="Values in canonical form: decimals and times as texts, integers and booleans plain. The API "
            "reference shows the first.",
            example="['129.90']", wrong="[129.90]"),
        Key(name="tags", kind=Kind.TEXTS, on="reference",
            meaning="Tags of the column: up to 63 characters `a-z`, `A-Z`, `0-9`, `_`, `-` and `.` each.",
            example="[free-text]", wrong="[free text]"),
        Key(name="id", kind=Kind.TEXT, descriptive=True, on="reference",
            meaning="Identifier of the field for references.", example="reference_field", wrong="7"),
        Key(name="businessName", kind=Kind.TEXT, descriptive=True, on="reference",
            meaning="Name of the field for people.", example="Reference", wrong="7"),
        Key(name="criticalDataElement", kind=Kind.FLAG, descriptive=True, on="total",
            meaning="Whether decisions rest on the value.", example="true", wrong="'yes'"),
        Key(name="authoritativeDefinitions", kind=Kind.MAPPINGS, descriptive=True, on="reference",
            meaning="Links to where the business defines the value.",
            example="[{type: businessDefinition, url: 'https://wiki.example.com/reference'}]", wrong="wiki"),
    ),
)  # fmt: skip

OPTIONS = Place(
    "Options of a field",
    "schema[1].properties[…].logicalTypeOptions",
    "Rules on the value. Each option suits some types only.",
    ("schema", "orders", "properties", "*", "logicalTypeOptions"),
    (
        Key(name="minLength", kind=Kind.COUNT, types=(FieldType.STRING,), on="reference",
            meaning="Least number of characters.", example="1", wrong="-1"),
        Key(name="maxLength", kind=Kind.COUNT, types=(FieldType.STRING,), on="reference",
            meaning="Greatest number of characters.", example="64", wrong="'64'"),
        Key(name="pattern", kind=Kind.TEXT, types=(FieldType.STRING,), on="reference",
            meaning="Regular expression that the whole value matches. It may use what Python, ECMA-262 and Rust read "
            "alike: characters, `.`, classes such as `[0-9]`, groups, `|` and repetitions.",
            example="'[A-Z]{2}-[0-9]+'", wrong="'\\d+'"),
        Key(name="minimum", kind=Kind.BOUND, types=(*_NUMBERS, *_TIMES), on="items",
            meaning="Least value; of a date `2020-01-31`, of a timestamp `2020-01-31T00:00:00Z`. A bound refuses what "
            "is no time but was read as one: seconds where `epoch` says milliseconds, or digits such as 20260131.",
            example="0", wrong="0.5"),
        Key(name="maximum", kind=Kind.BOUND, types=(*_NUMBERS, *_TIMES), on="items",
            meaning="Greatest value.", example="1000", wrong="many"),
        Key(name="exclusiveMinimum", kind=Kind.NUMBER, types=_NUMBERS, on="weight",
            meaning="The value is greater than this one. It excludes `minimum`.", example="0", wrong="none"),
        Key(name="exclusiveMaximum", kind=Kind.NUMBER, types=_NUMBERS, on="weight",
            meaning="The value is less than this one. It excludes `maximum`.",
            example="1000", wrong="100001"),
        Key(name="maxItems", kind=Kind.COUNT, types=(FieldType.ARRAY,), on="lines",
            meaning="Greatest number of values of an array: up to 10000, by default 1000.", example="200", wrong="0"),
        Key(name="maxProperties", kind=Kind.COUNT, types=(FieldType.MAP,), on="answers",
            meaning="Greatest number of values of an object that is a map: up to 10000, by default 1000.",
            example="50", wrong="0"),
    ),
)  # fmt: skip

QUALITY = Place(
    "A quality check",
    "schema[1].properties[…].quality[…]",
    "The platform enforces one check of the standard's library: that no value is outside a list. Checks of the type "
    "`text` are for people. Other checks are refused, because nothing would enforce them.",
    ("schema", "orders", "properties", "*", "quality", "valid"),
    (
        Key(name="type", kind=Kind.TEXT, choices=("library", "text"), on="status",
            meaning="Kind of the check, `library` by default.", example="library", wrong="sql"),
        Key(name="metric", kind=Kind.TEXT, choices=("invalidValues",), on="status",
            meaning="What is counted. A check of the type `library` has a `metric` or a `rule`.",
            example="invalidValues", wrong="duplicateValues"),
        Key(name="rule", kind=Kind.TEXT, choices=("invalidValues",), on="channel",
            meaning="Name of `metric` before version 3.1 of the standard.",
            example="invalidValues", wrong="uniqueValues"),
        Key(name="arguments", kind=Kind.MAPPING, on="status",
            meaning="The list of allowed values.", example="{validValues: [open, paid, new]}", wrong="[open, paid]"),
        Key(name="validValues", kind=Kind.TEXTS, on="channel",
            meaning="The list of allowed values, where it stood before version 3.1 of the standard.",
            example="[web, shop]", wrong="[]"),
        Key(name="mustBe", kind=Kind.NUMBER, on="status",
            meaning="How many values may be outside the list: always 0. A check of the type `library` needs it.",
            example="0", wrong="5"),
        Key(name="id", kind=Kind.TEXT, descriptive=True, on="status",
            meaning="Identifier of the check for references.", example="status_values", wrong="7"),
        Key(name="name", kind=Kind.TEXT, descriptive=True, on="status",
            meaning="Name of the check.", example="valid", wrong="7"),
        Key(name="description", kind=Kind.TEXT, descriptive=True, on="status",
            meaning="What the check is for, or for `text` the check itself.",
            example="A status that the shop does not use is a defect.", wrong="7"),
        Key(name="dimension", kind=Kind.TEXT, descriptive=True, on="status",
            meaning="The quality dimension of the check.", example="conformity", wrong="7"),
        Key(name="severity", kind=Kind.TEXT, descriptive=True, on="status",
            meaning="How bad a failure is. The platform refuses every record that fails.", example="error", wrong="7"),
        Key(name="businessImpact", kind=Kind.TEXT, descriptive=True, on="status",
            meaning="What a failure leads to.", example="operational", wrong="7"),
    ),
)  # fmt: skip

ARGUMENTS = Place(
    "Arguments of a quality check",
    "schema[1].properties[…].quality[…].arguments",
    "The list of allowed values.",
    ("schema", "orders", "properties", "status", "quality", "valid", "arguments"),
    (
        Key(name="validValues", kind=Kind.TEXTS, required=True,
            meaning="The allowed values of a string field. Values that YAML reads as something else need quotes.",
            example="[open, paid, new, 'on']", wrong="[open, paid, on]"),
    ),
)  # fmt: skip

ALIGNMENT = Place(
    "Custom properties of a field",
    "schema[1].properties[…].customProperties",
    "How the source's form of a value becomes the platform's, before validation. They are written as a list of "
    "entries `property` and `value`.",
    ("schema", "orders", "properties", "*", "customProperties"),
    (
        Key(name="aliases", kind=Kind.TEXTS, on="reference",
            meaning="Other names under which the field may arrive; `a.b` is `b` within the object `a`. A name stands "
            "for one field of the entity.",
            example="[ref, order.reference]", wrong="[order_id]"),
        Key(name="values", kind=Kind.TEXT_MAPPING, types=(FieldType.STRING,), on="status",
            meaning="Replaces whole values by allowed ones, of strings only.",
            example="{unpaid: open}", wrong="{unpaid: late}"),
        Key(name="case", kind=Kind.TEXT, choices=("upper", "lower"), types=(FieldType.STRING,), on="status",
            meaning="Folds a string; `values` replaces before and after it.", example="lower", wrong="title"),
        Key(name="epoch", kind=Kind.TEXT, choices=("seconds", "milliseconds"), types=(FieldType.TIMESTAMP,),
            on="created_at",
            meaning="Reads a number as time since 1970 in this unit.", example="milliseconds", wrong="hours"),
        Key(name="default", kind=Kind.SCALAR, on="status",
            meaning="Fills the field where a record lacks it, in canonical form; no object or array.",
            example="new", wrong="lost"),
        Key(name="child", kind=Kind.TEXT, types=(FieldType.ARRAY,), on="lines",
            meaning="Makes a child entity of an array of objects, under this name: the view `<entity>_<child>` has a "
            "row an object, with the key and the partition field of its record, its `position` from 1, and its "
            "members.",
            example="items", wrong="snapshot"),
        *EVOLUTION,
    ),
    as_properties=True,
)  # fmt: skip
