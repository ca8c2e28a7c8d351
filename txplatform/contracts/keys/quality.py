"""Lists the keys of what a contract asks of whole records, deliveries and tables."""

from txplatform.contracts.keys import Key, Kind, Place

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_NUMBER_BOUNDS = {
    "mustBe": "equal to",
    "mustNotBe": "other than",
    "mustBeGreaterThan": "greater than",
    "mustBeGreaterOrEqualTo": "at least",
    "mustBeLessThan": "less than",
    "mustBeLessOrEqualTo": "at most",
}
_RANGE_BOUNDS = {"mustBeBetween": "within", "mustNotBeBetween": "outside of"}
BOUNDS = (*_NUMBER_BOUNDS, *_RANGE_BOUNDS)

OBJECT_QUALITY = Place(
    "A quality check of the object",
    "schema[1].quality[…]",
    "What is asked of whole records (`custom`), of a file's keys (`library`) and of the table (`sql`): "
    "see [error budget and quality rules](../guides/quality.md). Checks of the type `text` are for people.",
    ("schema", "orders", "quality", "*"),
    (
        Key(name="type", kind=Kind.TEXT, choices=("library", "text", "sql", "custom"), on="keys",
            meaning="Kind of the check, `library` by default. A `custom` one is a rule over several fields of a "
            "record; records that break it are refused.",
            example="library", wrong="sql"),
        Key(name="name", kind=Kind.TEXT, on="paid_orders",
            meaning="Name of the check: up to 48 characters `a-z`, `0-9` and `_`, the first of them `a-z`. A rule "
            "and an SQL check need one, and each has its own. Reasons show that of a rule as `record.<name>`.",
            example="few_paid_orders", wrong="Few paid orders"),
        Key(name="engine", kind=Kind.TEXT, choices=("txplatform",), on="paid_has_items",
            meaning="Who runs the check of the type `custom`.", example="txplatform", wrong="soda"),
        Key(name="implementation", kind=Kind.MAPPING, on="paid_has_items",
            meaning="The rule of a check of the type `custom`.",
            example="{order: [created_at, updated_at]}", wrong="created_at <= updated_at"),
        Key(name="metric", kind=Kind.TEXT, choices=("duplicateValues",), on="keys",
            meaning="What is counted of a file: rows whose key an earlier row of it has.",
            example="duplicateValues", wrong="rowCount"),
        Key(name="arguments", kind=Kind.MAPPING, on="keys",
            meaning="The fields of the key.", example="{properties: [order_id]}", wrong="{properties: [reference]}"),
        Key(name="query", kind=Kind.TEXT, on="paid_orders",
            meaning="One `SELECT` that yields one number, in Athena's SQL. `{object}` or `${table}` stands for the "
            "current view of the entity. It runs every hour, for five minutes at most, as an asset check.",
            example="SELECT count(*) FROM {object} WHERE total = 0", wrong="DELETE FROM orders"),
        *(
            Key(name=name, kind=Kind.NUMBER, on="paid_orders",
                meaning=f"The number must be {words} this one. A check of the type `sql` has one such key or more, all "
                "of which must hold; `duplicateValues` has `mustBe: 0`.",
                example="0", wrong="none")
            for name, words in _NUMBER_BOUNDS.items()
        ),
        *(
            Key(name=name, kind=Kind.VALUES, on="paid_orders",
                meaning=f"The number of an `sql` check must be {words} the range of these two, both included.",
                example="[0, 5]", wrong="[5, 0]")
            for name, words in _RANGE_BOUNDS.items()
        ),
        Key(name="severity", kind=Kind.TEXT, choices=("error", "warning"), on="paid_orders",
            meaning="How the asset check of an `sql` check fails; `error` by default. It blocks nothing.",
            example="warning", wrong="fatal"),
        Key(name="id", kind=Kind.TEXT, descriptive=True, on="keys",
            meaning="Identifier of the check for references.", example="unique_keys", wrong="7"),
        Key(name="description", kind=Kind.TEXT, on="paid_orders",
            meaning="What the check is for; Dagster shows that of an SQL check.",
            example="A free order is a mistake.", wrong="7"),
        Key(name="dimension", kind=Kind.TEXT, descriptive=True, on="keys",
            meaning="The quality dimension of the check.", example="uniqueness", wrong="7"),
        Key(name="businessImpact", kind=Kind.TEXT, descriptive=True, on="keys",
            meaning="What a failure leads to.", example="operational", wrong="7"),
    ),
)  # fmt: skip

UNIQUE_ARGUMENTS = Place(
    "Arguments of duplicateValues",
    "schema[1].quality[…].arguments",
    "Which fields together are unique in a file.",
    ("schema", "orders", "quality", "keys", "arguments"),
    (
        Key(name="properties", kind=Kind.TEXTS, required=True,
            meaning="The fields of the primary key, all of them.", example="[order_id]", wrong="[order_id, total]"),
    ),
)  # fmt: skip

RECORD_RULE = Place(
    "A rule over several fields",
    "schema[1].quality[…].implementation",
    "One of four forms: `sum` with `equals`; `order`; `when` with `values` and `present`; `left`, `operator` and "
    "`right`. Sums and comparisons hold where one of their fields is absent; an order is that of the times that are "
    "there. The functions and the files lane refuse a record that breaks a rule.",
    ("schema", "orders", "quality", "*", "implementation"),
    (
        Key(name="sum", kind=Kind.TEXTS, on="parts",
            meaning="From 2 to 8 decimals or integers whose exact sum must be that of `equals`. A difference is a sum "
            "the other way round.",
            example="[goods, shipping]", wrong="[goods, status]"),
        Key(name="equals", kind=Kind.TEXT, on="parts",
            meaning="The decimal or integer that is the sum.", example="total", wrong="reference"),
        Key(name="order", kind=Kind.TEXTS, on="times",
            meaning="From 2 to 8 timestamps and dates: none is before those listed earlier. Where one of two is a "
            "date, the days (UTC) are compared.",
            example="[created_at, updated_at]", wrong="[created_at, total]"),
        Key(name="when", kind=Kind.TEXT, on="paid_has_items",
            meaning="The text field that decides. It is not personal.", example="status", wrong="total"),
        Key(name="values", kind=Kind.TEXTS, on="paid_has_items",
            meaning="With one of these values, the field `present` must be there.", example="[paid]", wrong="[lost]"),
        Key(name="present", kind=Kind.TEXT, on="paid_has_items",
            meaning="The field that must be there then.", example="items", wrong="order_id"),
        Key(name="left", kind=Kind.TEXT, on="light",
            meaning="The field on the left of the comparison: both sides are numbers, both times of one type, or, for "
            "`=` and `!=`, both texts or both booleans.",
            example="shipping", wrong="reference"),
        Key(name="operator", kind=Kind.TEXT, choices=OPERATORS, on="light",
            meaning="How the sides compare. In YAML it needs quotes.", example="<", wrong="about"),
        Key(name="right", kind=Kind.TEXT, on="light",
            meaning="The field on the right of the comparison.", example="total", wrong="status"),
    ),
)  # fmt: skip

ERROR_BUDGET = Place(
    "The error budget",
    "customProperties.errorBudget",
    "How many rows of a file, and of a day of files, may be refused before the file or the day fails as a whole. What "
    "is not said is not limited. See [error budget and quality rules](../guides/quality.md).",
    ("customProperties", "errorBudget", "value"),
    (
        Key(name="fileRows", kind=Kind.COUNT,
            meaning="How many rows of a file may be refused.", example="100", wrong="-1"),
        Key(name="fileRatio", kind=Kind.NUMBER,
            meaning="Which share of a file's rows may be refused, from 0 to 1.", example="0.05", wrong="5"),
        Key(name="dayRows", kind=Kind.COUNT,
            meaning="How many rows of a day's files together may be refused.", example="1000", wrong="many"),
        Key(name="dayRatio", kind=Kind.NUMBER,
            meaning="Which share of the rows of a day's files may be refused, from 0 to 1.",
            example="0.01", wrong="1.5"),
    ),
)  # fmt: skip

RELATIONSHIP = Place(
    "A relationship",
    "schema[1].properties[…].relationships[…]",
    "The field holds values of a field of another entity. Records arrive in any order, so none is refused for it: an "
    "asset check counts those of the last 30 days whose reference is absent, and warns.",
    ("schema", "orders", "properties", "reference", "relationships", "to_parcels"),
    (
        Key(name="to", kind=Kind.TEXT, required=True,
            meaning="Entity and field that are referred to, as `entity.field`. Where the folder holds the entity, it "
            "has the field, of the same type.",
            example="parcels.parcel_id", wrong="parcels"),
        Key(name="type", kind=Kind.TEXT, choices=("foreignKey",),
            meaning="Kind of the relationship.", example="foreignKey", wrong="tree"),
        Key(name="id", kind=Kind.TEXT, descriptive=True,
            meaning="Identifier of the relationship for others.", example="to_parcels", wrong="7"),
    ),
)  # fmt: skip
