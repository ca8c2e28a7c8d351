"""ROW FORMAT and STORED AS of a CREATE TABLE: the SerDe that they name.

https://docs.aws.amazon.com/athena/latest/ug/create-table.html
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.serdes import FORMATS, TEXT, Serde

_OF_OPENX = "org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat"  # of its JSON SerDe without STORED AS
_DELIMITED = {
    "fields": "field.delim",
    "escaped": "escape.delim",
    "collection_items": "collection.delim",
    "map_keys": "mapkey.delim",
    "lines": "line.delim",
    "null": "serialization.null.format",
}


def serde(stored: Sequence[exp.Expr]) -> Serde:
    """Return the SerDe of delimited text, where nothing else is said; raise StatementError for an unknown format."""
    files = [item for item in stored if isinstance(item, exp.FileFormatProperty)]
    made = TEXT
    for item in [*files, *(item for item in stored if item not in files)]:
        match item:
            case exp.FileFormatProperty() if isinstance(item.this, exp.InputOutputFormat):
                made = _of_classes(item.this.args["input_format"].name, item.this.args["output_format"].name)
            case exp.FileFormatProperty() if item.this.name.lower() in FORMATS:
                made = FORMATS[item.this.name.lower()]
            case exp.RowFormatDelimitedProperty():
                given = {name: item.args[word].name for word, name in _DELIMITED.items() if item.args.get(word)}
                form = {"serialization.format": given.get("field.delim", "1")}
                made = replace(made, library=TEXT.library, parameters={**form, **given})
            case exp.RowFormatSerdeProperty():
                with_ = item.args.get("serde_properties")
                given = {part.this.name: part.args["value"].name for part in (with_.expressions if with_ else ())}
                output = _OF_OPENX if "openx" in item.this.name and not files else made.output_format
                parameters = {"serialization.format": "1", **given}
                made = replace(made, library=item.this.name, output_format=output, parameters=parameters)
            case _:
                raise refuse(item.sql("hive")[:80])
    return made


def _of_classes(input_format: str, output_format: str) -> Serde:
    known = next((form for form in FORMATS.values() if form.input_format == input_format), TEXT)
    return replace(known, input_format=input_format, output_format=output_format)
