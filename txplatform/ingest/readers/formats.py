"""The format of a file, by what its name ends in."""

from enum import Enum, auto

from txplatform.ingest.batch import RejectedError


class Format(Enum):
    """What a reader takes; text formats may be gzipped."""

    CSV = auto()
    JSON = auto()
    PARQUET = auto()


_ENDINGS = {
    (".csv", ".tsv", ".txt"): Format.CSV,
    (".json", ".jsonl", ".ndjson"): Format.JSON,
}


def format_of(name: str) -> Format:
    """The format of a file of this name; raise RejectedError where no reader takes it."""
    stem = name.lower().removesuffix(".gz")
    for endings, found in _ENDINGS.items():
        if stem.endswith(endings):
            return found
    if stem.endswith(".parquet"):
        return Format.PARQUET
    raise RejectedError("file.unknown_format", "the name ends in none of .csv, .tsv, .txt, .json, .jsonl, .parquet")
