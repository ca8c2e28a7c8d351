"""Avro object container files: exact to the digit, in bounded memory, and refused where a file could take any."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from txplatform.errors import AwsUnavailableError
from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers import avro as reader
from txplatform.ingest.readers import avro_blocks
from txplatform_tests.ingest.packed import avro

DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 2}


def _long(logical: str) -> dict[str, str]:
    return {"type": "long", "logicalType": logical}


def lines_of(data: bytes) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    lines, broken = zip(*reader.avro_lines(io.BytesIO(data)), strict=True)
    texts = [json.loads(text, parse_float=str) for part in lines for text in part["text"]]
    return texts, [row for part in broken for row in part.select("row", "message").rows()]


def refusal(data: bytes) -> str:
    with pytest.raises(RejectedError) as caught:
        list(reader.avro_lines(io.BytesIO(data)))
    return f"{caught.value.outcome.rule} {caught.value.outcome.message}"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (DECIMAL, Decimal("-999999999999999999999999999999999999.99"), "-999999999999999999999999999999999999.99"),
        (DECIMAL | {"type": "fixed", "name": "F", "size": 9, "precision": 20}, Decimal("1.10"), "1.10"),
        (_long("timestamp-micros"), datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), "2026-01-02T03:04:05.678901Z"),
        (_long("timestamp-millis"), datetime(2026, 1, 2, 3, 4, 5, 678000, UTC), "2026-01-02T03:04:05.678000Z"),
        (_long("local-timestamp-micros"), datetime(2026, 1, 2), "2026-01-02T00:00:00.000000"),  # noqa: DTZ001 # local
        ({"type": "int", "logicalType": "date"}, date(2026, 1, 2), "2026-01-02"),
        ({"type": "string", "logicalType": "uuid"}, UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (["null", "string", "long"], 9_007_199_254_740_993, 9_007_199_254_740_993),
        (["null", DECIMAL], None, None),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "A", "A"),
        ({"type": "map", "values": {"type": "array", "items": DECIMAL}}, {"k": [Decimal("1.10")]}, {"k": ["1.10"]}),
        ("double", 0.1, "0.1"),
        ("boolean", True, True),
    ],
)  # fmt: skip
def test_a_value_keeps_its_digits(kind: Any, value: Any, text: Any) -> None:
    assert lines_of(avro({"a": kind}, [{"a": value}])) == ([{"a": text}], [])


@pytest.mark.parametrize("kind", ["double", "float", {"type": "array", "items": "double"}, "bytes"])
def test_a_value_without_an_exact_text_is_refused_with_its_row(kind: Any) -> None:
    value: Any = b"x" if kind == "bytes" else [0.1 + 0.2] if isinstance(kind, dict) else 0.1 + 0.2
    lines, broken = lines_of(avro({"id": "int", "a": ["null", kind]}, [{"id": 1}, {"id": 2, "a": value}, {"id": 3}]))
    assert [line["id"] for line in lines] == [1, 3]
    assert [row for row, _ in broken] == [2]
    assert "deliver a" in broken[0][1]


def test_a_decimal_of_more_digits_than_its_schema_says_is_not_rounded() -> None:
    data = avro({"a": DECIMAL}, [{"a": Decimal("1234567.89")}], "null").replace(b'"precision": 38', b'"precision":  4')
    assert lines_of(data)[0] == [{"a": "1234567.89"}]


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_blocks_are_read_one_at_a_time(codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = avro({"a": "string"}, [{"a": f"{n}" * 500} for n in range(200)], codec)
    assert len(lines_of(data)[0]) == 200
    assert "EOFError" in refusal(data[:-5])
    monkeypatch.setattr(avro_blocks, "MOST_BLOCK_BYTES", 10_000)
    assert "file.too_large" in refusal(data)


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        (
            {"type": "record", "name": "N", "fields": [{"name": "n", "type": ["null", "N"]}]},
            {"n": None},
            "holds itself",
        ),
        ({"type": "array", "items": "null"}, [None], "values without content"),
        ("null", None, "ValueError"),
    ],
)
def test_a_schema_that_a_few_bytes_inflate_is_refused(kind: Any, value: Any, why: str) -> None:
    assert why in refusal(avro({"a": kind}, [{"a": value}]))


def test_an_object_that_cannot_be_fetched_refuses_no_file() -> None:
    class Unreachable(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AwsUnavailableError("try again")

    with pytest.raises(AwsUnavailableError):
        list(reader.avro_lines(Unreachable()))
