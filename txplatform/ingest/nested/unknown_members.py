"""Finds what records of JSON hold beyond the names that a contract knows, without a step per record.

Records of a file have few shapes: what is left of a line without its values. One record of each shape is parsed.
"""

from collections.abc import Sequence

import polars as pl

from txplatform.ingest.nested.lines import parsed_line
from txplatform.ingest.nested.rest import beyond

UNKNOWN_SCHEMA = pl.Schema({"position": pl.UInt32, "name": pl.String, "has_value": pl.Boolean})

_TEXT = r'"(?:[^"\\]|\\.)*"'
_NAME_OR_VALUE = rf"({_TEXT}\s*:)|{_TEXT}"  # a value is each text that no colon follows
_ELEMENTS = r"\[,+"  # of which there may be any number


def unknown_members(lines: pl.DataFrame, known: Sequence[str]) -> pl.DataFrame:
    """The unknown names of records in lines (`text`, and `quoted` by `in_quotes`), and whether each has a value.

    `known` are dotted for nested ones: of an object that holds more than these the name is unknown, too. Rows are as
    in UNKNOWN_SCHEMA.
    """
    shape = pl.col("quoted").str.replace_all(_NAME_OR_VALUE, "${1}").str.replace_all(_ELEMENTS, "[")
    shapes = lines.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("position"), shape.alias("shape"))
    examples = shapes.group_by("shape", maintain_order=True).agg(pl.col("position").first())
    paths = [name.split(".") for name in known]
    texts = lines["text"].gather(examples["position"])
    found = [
        (shape, name, value is not None)
        for shape, text in zip(examples["shape"], texts, strict=True)
        for name, value in beyond(parsed_line(text) or {}, paths).items()
    ]
    if not found:
        return pl.DataFrame(schema=UNKNOWN_SCHEMA)
    schema = {"shape": pl.String, "name": pl.String, "has_value": pl.Boolean}
    names = pl.DataFrame(found, schema=schema, orient="row")
    return shapes.join(names, on="shape", maintain_order="left").select(UNKNOWN_SCHEMA.names())
