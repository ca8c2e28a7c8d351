"""Blocks hold every line of a text once, whole and by its number, however its bytes come."""

import io

import pytest

from txplatform.ingest.readers import compression, text

TEXT = b"a\nbb\n\nc,cc\n" + b"d" * 11 + b"\ne\n\n\nf" + b"g" * 9


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 8, 64])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"], ids=["open", "ended", "blank"])
def test_blocks_hold_each_line_by_its_number(chunk: int, end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_CHUNK", chunk)
    monkeypatch.setattr(text, "BLOCK", 6)
    lines = (TEXT + end).split(b"\n")
    found = list[bytes]()
    for block in text.text_blocks(io.BytesIO(TEXT + end)):
        assert block.row == len(found) + 1
        found += block.content.split(b"\n")
    assert found == lines


@pytest.mark.parametrize("content", ["", "\n", "a", "a\n\nb", "é\nx\n", "\n\n", f"{'a' * 50}\r\nb"])
def test_lines_are_split_at_each_line_feed(content: str) -> None:
    assert text.split_lines(content.encode()).to_list() == content.split("\n")
