"""Both writings of the canonical text agree: Athena's of a row, and the one here of the item that it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from lambdas.shared.record_key import record_key
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.sql_types import trino_type
from txplatform.parity.canonical import Reader, Texts, content
from txplatform.parity.lake import LakeSide
from txplatform.parity.segments import SegmentSums, digest_of, segment_of
from txplatform_tests.lake_stand import Stand
from txplatform_tests.parity.stores import attribute

KIND, SCALES = {"description": "", "required": False}, (0, 2, 18)
FIELDS = (
    Field("id", FieldType.STRING, **KIND),
    Field("born_at", FieldType.TIMESTAMP, **KIND),
    Field("text", FieldType.STRING, **KIND),
    Field("whole", FieldType.INTEGER, **KIND),
    *(Field(f"decimal_{scale}", FieldType.DECIMAL, precision=38, scale=scale, **KIND) for scale in SCALES),
    Field("flag", FieldType.BOOLEAN, **KIND),
    Field("day", FieldType.DATE, **KIND),
)
CONTRACT = replace(load_contracts()["payments"], fields=FIELDS, key=("id", "born_at"), partition_field="born_at")

# What DynamoDB holds, the same value as SQL, and its canonical text
VALUES: tuple[tuple[str, Any, str, str], ...] = (
    ("text", "", "''", ""),
    ("text", "-", "'-'", "-"),
    ("text", "3:abc", "'3:abc'", "3:abc"),
    ("text", "it's", "'it''s'", "it's"),
    ("text", 'a\u0000|,#\n\t"%', "concat('a', chr(0), '|,#', chr(10), chr(9), '\"%')", 'a\u0000|,#\n\t"%'),
    ("text", "é e\u0301 😀 👩‍👩‍👧", "'é e\u0301 😀 👩‍👩‍👧'", "é e\u0301 😀 👩‍👩‍👧"),
    ("whole", "9223372036854775807", "9223372036854775807", "9223372036854775807"),
    ("whole", "-0", "0", "0"),
    ("whole", "1E+2", "100", "100"),
    ("decimal_0", "-12", "CAST(-12 AS decimal(38,0))", "-12"),
    ("decimal_2", "1.1", "CAST(DECIMAL '1.10' AS decimal(38,2))", "1.10"),
    ("decimal_2", "-0.00", "CAST(0 AS decimal(38,2))", "0.00"),
    ("decimal_2", "-.5", "CAST(DECIMAL '-0.5' AS decimal(38,2))", "-0.50"),
    ("decimal_2", "0012.3", "CAST(DECIMAL '12.3' AS decimal(38,2))", "12.30"),
    ("decimal_2", "1E-2", "CAST(DECIMAL '0.01' AS decimal(38,2))", "0.01"),
    (
        "decimal_2",
        "999999999999999999999999999999999999.99",
        "CAST(DECIMAL '999999999999999999999999999999999999.99' AS decimal(38,2))",
        "999999999999999999999999999999999999.99",
    ),
    (
        "decimal_18",
        "-12345678901234567890.123456789012345678",
        "CAST(DECIMAL '-12345678901234567890.123456789012345678' AS decimal(38,18))",
        "-12345678901234567890.123456789012345678",
    ),
    ("flag", True, "true", "true"),
    ("flag", False, "false", "false"),
    ("day", "0999-01-02", "DATE '0999-01-02'", "0999-01-02"),
    ("day", "2024-02-29", "DATE '2024-02-29'", "2024-02-29"),
    (
        "born_at",
        "2026-01-01T00:00:00.000001Z",
        "TIMESTAMP '2026-01-01 00:00:00.000001'",
        "2026-01-01 00:00:00.000001",
    ),
    ("born_at", "2026-01-01T01:00:00+01:00", "TIMESTAMP '2026-01-01 00:00:00.000000'", "2026-01-01 00:00:00.000000"),
)


class _Rows:
    """Answers for the view with these rows of literals."""

    def __init__(self, stand: Stand, rows: Sequence[Mapping[str, str]]) -> None:
        selects = [
            ", ".join(
                f'CAST({row.get(field.name, "NULL")} AS {trino_type(field)}) AS "{field.name}"' for field in FIELDS
            )
            for row in rows
        ]
        self._rows = " UNION ALL ".join(f"SELECT {columns}, '1|000001|1' AS \"_order_key\"" for columns in selects)
        self._stand = stand

    def arrow(self, sql: str) -> pa.Table:
        return self._stand.athena.arrow(sql.replace(f'"{CONTRACT.name}"', f"({self._rows})"))


def test_every_value_has_one_text_on_both_sides(stand: Stand) -> None:
    """And with it one key, one content, one digest and one share of its segment's sums."""
    reader = Reader(CONTRACT)
    literals: list[Mapping[str, str]] = []
    expected: dict[str, Texts] = {}
    for number, (name, stored, sql, text) in enumerate(VALUES):
        key, moment = f"k/{number}", "2026-01-02T03:04:05.600000Z"
        item = {"id": {"S": key}, "born_at": {"S": moment}, name: attribute(CONTRACT, name, stored)}
        texts = reader.texts(item)
        assert texts[[field.name for field in FIELDS].index(name)] == text
        expected[reader.key(texts)] = texts
        born_at = "TIMESTAMP '2026-01-02 03:04:05.600000'"
        literals.append({"id": f"'{key}'", "born_at": born_at} | {name: sql})
    lake = LakeSide(CONTRACT, _Rows(stand, literals))  # type: ignore[arg-type]
    found = lake.rows(expected)
    assert {key: [row.texts for row in rows] for key, rows in found.items()} == {
        key: [texts] for key, texts in expected.items()
    }
    digests = {key: digest_of(content(texts)) for key, texts in expected.items()}
    assert dict(lake.digests([segment_of(key) for key in expected])) == digests
    sums = SegmentSums.empty()
    for key, digest in digests.items():
        sums.add(segment_of(key), digest)
    assert sums.differing(lake.sums()) == {}
    for kept in (list(expected)[1:], [*expected, next(iter(expected))]):  # one less, one twice
        others = SegmentSums.empty()
        for key in kept:
            others.add(segment_of(key), digests[key])
        assert list(others.differing(lake.sums())) == [segment_of(next(iter(expected)))]


def test_record_keys_are_those_of_the_data_api() -> None:
    item = {"id": {"S": "%2F/#?"}, "born_at": {"S": "2026-01-02T03:04:05.600000Z"}}
    record = {name: value["S"] for name, value in item.items()}
    reader = Reader(CONTRACT)
    assert reader.key(reader.texts(item)) == record_key(CONTRACT.key, record)


def test_no_two_records_have_one_content() -> None:
    """A value that imitates a separator, an absent one, an empty one."""
    records = [("a", "b"), ("a1:b", None), (None, "a1:b"), ("", ""), (None, None), ("-", None), (None, "-"), ("", None)]
    assert len({content(record) for record in records}) == len(records)


def test_values_that_differ_have_texts_that_do() -> None:
    decimal = next(field for field in FIELDS if field.name == "decimal_2")
    reader = Reader(replace(CONTRACT, fields=(*FIELDS[:2], decimal)))
    found = [reader.text({"decimal_2": {"N": number}}, "decimal_2") for number in ("1.10", "1.1", "1.101", "11.0")]
    assert found == ["1.10", "1.10", "1.101", "11.00"]
