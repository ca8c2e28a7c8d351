"""Lines of one form are read at once, and come out as each would by itself."""

import io
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import polars as pl
import pytest

from txplatform.ingest.batch import RawBatch
from txplatform.ingest.readers import json_lines, json_plain
from txplatform.ingest.readers.json_plain import plain_block
from txplatform.ingest.readers.json_template import template_of
from txplatform.ingest.readers.text import Block
from txplatform_tests.ingest.whole import read_json_lines

BOOLEANS = ("true", "false")
NAMES = ("key", "text", "count", "amount", "flag", "late")
TEXTS = (
    *("", "null", "true", "12", "a, b", ' [1, {"x', 'x","key":"y', "back\\slash\\", "\N{GRINNING FACE}", "ß", " x "),
    *("\0", "\ufdd0", "\ufdd1[", "\n\t", "}", "{", ","),
)
NUMBERS = (
    "0",
    "-1",
    "7.0",
    "1e5",
    "1E-08",
    "123456789012345678",
    "0.1000000000000000055511151231",
    "123456789012345678.01",
)
RARE_NUMBERS = ("-0", "12345678901234567890123456789.000000001", "1e400", "9" * 60, "1e1000000000")
ODD = (
    "", "  ", "x", "null", "[1]", "{}", '{"key":"k"', '{"key":"a","key":"b"}', '{"key": "k" , "text":"t"}', '{"key":1}',
    '{"key":{"a":1}}', '{"key":["a"]}', '{"other":"k"}', '{"key":"\\ud800"}', '{"key":"a\tb"}', '{"key":01}',
    '{"key":"a","text":"b","count":1,"amount":2,"flag":"true","late":null}', '{"key":"\\u006b","text":"\\/"}',
    '{"key":NaN}', '{"k\\u0065y":"k"}', '{"key":"k"}{"key":"k"}', '{"key":"k"},', '{"key":"k"}\r',
)  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """What a batch says of each of its rows, and of its broken lines."""

    rows: list[dict[str, Any]]
    broken: list[Any]
    unusable: list[Any]


ODD_VALUES = (
    *(
        '"\\ud800"',
        '"\\udfff"',
        '"\\ud800\\u0041"',
        '"a\tb"',
        '"a\x1fb"',
        '"a"b"',
        '"\\x"',
        '"\\u12"',
        '"',
        "01",
        "1.",
        ".5",
    ),
    *("+1", "-", "1e", "NaN", "tru", "True", "{}", '{"a":1}', "[]", '["a"]', ""),
)


def of(batch: RawBatch) -> Cells:
    assert batch.bare is not None
    none = pl.repeat(False, batch.rows.len(), dtype=pl.Boolean, eager=True)
    masks = [batch.bare.get(name, none).alias(f"bare {name}") for name in batch.frame.columns]
    payload = batch.payload_of(pl.int_range(batch.rows.len(), eager=True))
    rows = batch.frame.with_columns(batch.rows.alias("row"), payload.alias("payload"), *masks).to_dicts()
    for row in rows:  # the notation of a number is no part of its meaning
        if row["bare amount"] and row["amount"] not in BOOLEANS:
            row["amount"] = Decimal(row["amount"])
    return Cells(rows, batch.broken.sort("row").rows(), batch.unusable_cells.sort("position", "column").rows())


def line(random: Random, place: int, *, spaced: bool, ascii_only: bool) -> str:
    """A record of the usual form, now and then with a value that is written as few writers do."""
    numbers = RARE_NUMBERS if not random.randrange(50) else NUMBERS
    text = json.dumps(random.choice(TEXTS), ensure_ascii=ascii_only)
    late = '"x"' if place > 1_000 and random.random() < 0.5 else "null"
    values = (f'"k{place}"', random.choice((text, "null")), str(random.randrange(99)), random.choice(numbers))
    members = zip(NAMES, (*values, random.choice((*BOOLEANS, "null")), late), strict=True)
    colon, comma = (": ", ", ") if spaced else (":", ",")
    return "{" + comma.join(f'"{name}"{colon}{value}' for name, value in members) + "}"


@pytest.mark.parametrize("spaced", [False, True])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("odd", [False, True])
def test_lines_of_one_form_come_out_as_any_others(
    monkeypatch: pytest.MonkeyPatch, *, spaced: bool, ascii_only: bool, odd: bool
) -> None:
    random = Random(f"{spaced} {ascii_only} {odd}")
    lines = [line(random, place, spaced=spaced, ascii_only=ascii_only) for place in range(3_000)]
    for place in range(0, 3_000, 40) if odd else ():
        lines[place] = ODD[place // 40 % len(ODD)]
        lines[place + 20] = lines[place + 20].replace(f'"k{place + 20}"', ODD_VALUES[place // 40 % len(ODD_VALUES)])
    data = "\n".join(lines).encode()
    monkeypatch.setattr(json_plain, "FEW", 100)
    taken = list(json_plain.split_plain(Block(data, 1, last=True).lines(), lambda _: False))
    assert sum(part.rows.len() for part in taken if isinstance(part, json_plain.PlainLines)) > 2_500
    quick = read_json_lines(data, NAMES)
    monkeypatch.setattr(json_plain, "template_of", lambda *_: None)
    slow = read_json_lines(data, NAMES)
    assert isinstance(quick, RawBatch)
    assert isinstance(slow, RawBatch)
    assert of(quick) == of(slow)


@pytest.mark.parametrize("text", ODD)
def test_a_line_of_another_form_is_left_to_the_parsers(text: str) -> None:
    good = '{"key":"k","text":"t"}'
    whole = plain_block(Block(f"{good}\n{text}\n{good}".encode(), 1, last=True), lambda _: False)
    assert whole is None or whole.frame.rows()[1] == ("k", "/")


@pytest.mark.parametrize(
    ("ends", "rows"), [("\n", 2), ("\r\n", 2), ("\n\n", None), ("\r", None)], ids=["feed", "both", "blank", "return"]
)
def test_a_block_is_read_at_once_whatever_ends_its_lines(ends: str, rows: int | None) -> None:
    content = ends.join(['{"a":1}', '{"a":22}', ""]).encode()
    found = plain_block(Block(content, 7, last=True), lambda _: False)
    assert (found and found.rows.to_list()) == (rows and [7, 8])


def test_what_is_nested_or_unknown_is_left_empty_by_a_template() -> None:
    template = template_of(['{"a":1,"b":"x"}', '{"a":1.5,"b":null}'], lambda name: name == "b")
    assert template is not None
    lines = pl.Series(['{"a":2.5,"b":null}', '{"a":2.5,"b":"x"}', '{"a":"2","b":null}'])
    assert lines.str.contains(rf"\A{template.pattern()}\z").to_list() == [True, False, False]


def test_unknown_members_are_found_in_lines_of_one_form() -> None:
    found = list[list[Any]]()

    def note(batch: RawBatch, members: pl.DataFrame) -> RawBatch:
        found.append(members.rows())
        return batch

    data = b'{"a":1,"new":null}\n{"a":2,"new":"x"}'
    for batch in partial(json_lines.read_json_lines, columns=["a"], finish=note)(io.BytesIO(data)):
        assert batch.frame.columns == ["a"]
    assert found == [[(0, "new", False), (1, "new", True)]]
