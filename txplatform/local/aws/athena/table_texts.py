"""SHOW CREATE TABLE and SHOW TBLPROPERTIES: a table of Glue's as the statement that would make it.

https://docs.aws.amazon.com/athena/latest/ug/show-create-table.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from txplatform.local.aws.athena import iceberg_metadata, serdes
from txplatform.local.aws.athena.columns import current_columns, keys

_DELIMITED = {
    "field.delim": "FIELDS TERMINATED BY",
    "escape.delim": "ESCAPED BY",
    "collection.delim": "COLLECTION ITEMS TERMINATED BY",
    "mapkey.delim": "MAP KEYS TERMINATED BY",
    "line.delim": "LINES TERMINATED BY",
    "serialization.null.format": "NULL DEFINED AS",
}
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def of_iceberg(table: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """Return the CREATE TABLE of an Iceberg table, by its metadata."""
    columns = [f"  {name} {kind}{_comment(comment)}" for name, kind, comment in current_columns(table)]
    partitions = [_transform(field, metadata) for field in _spec(metadata)]
    kept = metadata.get("properties", {})
    shown = {"table_type": "iceberg", "format": "parquet"}
    if codec := kept.get("write.parquet.compression-codec"):
        shown["write_compression"] = codec
    shown |= {name: value for name, value in kept.items() if name.startswith(("vacuum_", "optimize_", "write_target_"))}
    return "\n".join(
        (
            f"CREATE TABLE {table['DatabaseName']}.{table['Name']} (",
            ",\n".join(columns) + ")",
            *([f"PARTITIONED BY ({', '.join(partitions)})"] if partitions else ()),
            f"LOCATION '{metadata['location']}'",
            f"{_properties(shown)}",
        )
    )


def of_hive(table: Mapping[str, Any]) -> str:
    """Return the CREATE EXTERNAL TABLE of a table over files."""
    descriptor = table["StorageDescriptor"]
    parameters = {key: value for key, value in sorted((table.get("Parameters") or {}).items()) if key != "EXTERNAL"}
    comment = parameters.pop("comment", "")
    return "\n".join(
        (
            f"CREATE EXTERNAL TABLE `{table['Name']}`(",
            _listed(current_columns(table)),
            *([f"COMMENT '{comment.translate(_ESCAPES)}'"] if comment else ()),
            *([f"PARTITIONED BY ( \n{_listed(keys(table))}"] if keys(table) else ()),
            *_buckets(descriptor),
            *_row_format(serdes.of_glue(descriptor)),
            "STORED AS INPUTFORMAT ",
            f"  '{descriptor.get('InputFormat')}' ",
            "OUTPUTFORMAT ",
            f"  '{descriptor.get('OutputFormat')}'",
            "LOCATION",
            f"  '{descriptor.get('Location')}'",
            _properties(parameters),
        )
    )


def _buckets(descriptor: Mapping[str, Any]) -> Iterator[str]:
    if descriptor.get("BucketColumns"):
        yield "CLUSTERED BY ( \n" + ", \n".join(f"  {name}" for name in descriptor["BucketColumns"]) + ") "
        yield f"INTO {descriptor['NumberOfBuckets']} BUCKETS"


def _row_format(serde: serdes.Serde) -> Iterator[str]:
    given = {key: value for key, value in serde.parameters.items() if key in _DELIMITED}
    if serde.library == serdes.TEXT.library and given:
        yield "ROW FORMAT DELIMITED "
        yield from (f"  {_DELIMITED[key]} '{given[key].translate(_ESCAPES)}' " for key in _DELIMITED if key in given)
        return
    yield "ROW FORMAT SERDE "
    yield f"  '{serde.library}' "
    others = {key: value for key, value in serde.parameters.items() if (key, value) != ("serialization.format", "1")}
    if others:
        yield f"WITH SERDEPROPERTIES ( \n{_pairs(others)}) "


def _listed(columns: Sequence[tuple[str, str, str]]) -> str:
    return ", \n".join(f"  `{name}` {kind}{_comment(comment)}" for name, kind, comment in columns) + ")"


def _comment(text: str) -> str:
    return f" COMMENT '{text.translate(_ESCAPES)}'" if text else ""


def _properties(parameters: Mapping[str, str]) -> str:
    return f"TBLPROPERTIES (\n{_pairs(parameters)})"


def _pairs(parameters: Mapping[str, str]) -> str:
    return ", \n".join(f"  '{key}'='{str(value).translate(_ESCAPES)}'" for key, value in parameters.items())


def _spec(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    current = metadata.get("default-spec-id", 0)
    return next((spec["fields"] for spec in metadata["partition-specs"] if spec["spec-id"] == current), [])


def _transform(field: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """Write bucket[16] of a column as bucket(16, `column`)."""
    names = {column["id"]: column["name"] for column in iceberg_metadata.fields(dict(metadata))}
    kind, _, width = str(field["transform"]).removesuffix("]").partition("[")
    column = f"`{names[field['source-id']]}`"
    if kind == "identity":
        return column
    return f"{kind}({width}, {column})" if width else f"{kind}({column})"
