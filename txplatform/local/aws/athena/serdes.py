"""What reads and writes the files of Hive's tables: the formats that CREATE TABLE names, as Glue keeps them.

https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_HADOOP, _HIVE = "org.apache.hadoop.mapred.", "org.apache.hadoop.hive.ql.io."
_TEXT_FILES = f"{_HADOOP}TextInputFormat", f"{_HIVE}HiveIgnoreKeyTextOutputFormat"


@dataclass(frozen=True, slots=True)
class Serde:
    """A SerDe by its class, the formats of its files, and its parameters."""

    library: str
    input_format: str
    output_format: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Say how its files are read: parquet, text, csv, or not at all."""
        return next((kind for word, kind in _READ.items() if word in self.library.lower()), "")

    def descriptor(self) -> dict[str, Any]:
        """Return what Glue's StorageDescriptor has of it."""
        info = {"SerializationLibrary": self.library, "Parameters": dict(self.parameters)}
        return {"InputFormat": self.input_format, "OutputFormat": self.output_format, "SerdeInfo": info}


_READ = {"parquet": "parquet", "lazysimple": "text", "opencsv": "csv"}
PARQUET = Serde(
    f"{_HIVE}parquet.serde.ParquetHiveSerDe",
    f"{_HIVE}parquet.MapredParquetInputFormat",
    f"{_HIVE}parquet.MapredParquetOutputFormat",
    {"serialization.format": "1"},
)
TEXT = Serde("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", *_TEXT_FILES, {"serialization.format": "1"})
FORMATS = {
    "parquet": PARQUET,
    "textfile": TEXT,
    "orc": Serde(f"{_HIVE}orc.OrcSerde", f"{_HIVE}orc.OrcInputFormat", f"{_HIVE}orc.OrcOutputFormat"),
    "avro": Serde(
        "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
        f"{_HIVE}avro.AvroContainerInputFormat",
        f"{_HIVE}avro.AvroContainerOutputFormat",
    ),
}


def of_glue(descriptor: Mapping[str, Any]) -> Serde:
    """Read a StorageDescriptor of Glue's."""
    info = descriptor.get("SerdeInfo") or {}
    return Serde(
        info.get("SerializationLibrary") or "",
        descriptor.get("InputFormat") or "",
        descriptor.get("OutputFormat") or "",
        info.get("Parameters") or {},
    )
