"""JSON files that are odd in form or in values."""

import gzip
import json

from txplatform_tests.ingest.odd_files.case import Odd, lines, record

ONE, TWO = record("k1"), record("k2")
_TWICE = json.dumps(ONE)[:-1] + ', "status": "failed"}'


def value(identifier: str, text: str, rule: str = "", field: str = "fee") -> Odd:
    """One record in which a field has a value, as JSON text."""
    data = json.dumps(ONE)[:-1] + f', "{field}": {text}}}'
    return Odd(identifier, "a.jsonl", data, () if rule else ("k1",), {1: rule} if rule else {})


CASES = (
    Odd("json-lines", "a.jsonl", lines(ONE, TWO), ("k1", "k2")),
    Odd("json-lines-in-json", "a.json", lines(ONE, TWO), ("k1", "k2")),
    Odd("ndjson-crlf", "a.ndjson", lines(ONE, TWO).replace("\n", "\r\n"), ("k1", "k2")),
    Odd("json-array", "a.json", json.dumps([ONE, TWO]), ("k1", "k2")),
    Odd("json-array-over-lines", "a.json", json.dumps([ONE, TWO], indent=1), ("k1", "k2")),
    Odd("json-empty-array", "a.json", "[]"),
    Odd("json-array-cut", "a.json", json.dumps([ONE, TWO])[:-5], whole="file.unreadable"),
    Odd("json-byte-order-mark", "a.jsonl", "\ufeff" + lines(ONE), ("k1",)),
    Odd("json-gzip", "a.jsonl.gz", gzip.compress(lines(ONE).encode()), ("k1",)),
    Odd("json-blank-lines", "a.jsonl", f"\n{lines(ONE)}\n \n{lines(TWO)}", ("k1", "k2")),
    Odd("json-cut-line", "a.jsonl", lines(ONE) + json.dumps(TWO)[:40], ("k1",), {2: "row.json"}),
    Odd(
        "json-no-object",
        "a.jsonl",
        lines(ONE, "7", '"text"', "null", "[1]"),
        ("k1",),
        dict.fromkeys(range(2, 6), "row.json"),
    ),
    Odd("json-single-quotes", "a.jsonl", lines(str(ONE), TWO), ("k2",), {1: "row.json"}),
    Odd("json-trailing-comma", "a.jsonl", lines(json.dumps(ONE)[:-1] + ",}", TWO), ("k2",), {1: "row.json"}),
    Odd("json-comment", "a.jsonl", lines("// a comment", ONE), ("k1",), {1: "row.json"}),
    Odd("json-name-twice", "a.jsonl", lines(_TWICE, TWO), ("k2",), {1: "row.json"}),
    Odd("json-two-objects-in-a-line", "a.jsonl", lines(json.dumps(ONE) + json.dumps(TWO)), (), {1: "row.json"}),
    Odd("json-not-utf-8", "a.jsonl", lines(TWO).encode() + b'{"payment_id": "\xff"}', ("k2",), {2: "row.encoding"}),
    Odd("json-empty-object", "a.jsonl", lines({}, TWO), ("k2",), {1: "required"}),
    Odd("json-deep", "a.jsonl", lines('{"payment_id": ' + "[" * 500 + "]" * 500 + "}", TWO), ("k2",), {1: "row.json"}),
    value("json-exact-number", "12345678901234.5678"),
    value("json-number-with-an-exponent", "15e-1"),
    value("json-number-too-fine", "0.12345", "scale"),
    value("json-number-as-a-text", '"1.5"'),
    value("json-nan", "NaN", "row.json"),
    value("json-infinity", "Infinity", "row.json"),
    value("json-null", "null"),
    value("json-object-for-a-number", '{"a": 1}', "type"),
    value("json-list-for-a-number", "[1]", "type"),
    value("json-true-for-a-number", "true", "type"),
    value("json-number-for-a-day", "20260131", "type", "settled_on"),
    value("json-escaped-text", '"a\\u00e9\\n\\"b\\""', field="description"),
    value("json-half-of-a-pair", '"\\ud800"', "type", "description"),
    value("json-text-like-an-object", '"{\\"a\\": 1}"', field="description"),
    Odd("json-epoch-with-a-fraction", "a.jsonl", lines(record("k1", updated_at=1767225600.25)), ("k1",)),
)
