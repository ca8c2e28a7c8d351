"""Excel workbooks: a cell is its exact text, or is refused with its row; none becomes empty in silence."""

import io
from datetime import datetime, timedelta

import pytest

from txplatform.ingest.batch import FileRejected, RawBatch, RejectedError
from txplatform.ingest.readers import workbook as parts
from txplatform.ingest.readers import xlsx
from txplatform_tests.ingest.packed import DAY, MOMENT, MONEY, archive, cell, text, workbook


def read(data: bytes, sheet: str | None = None) -> RawBatch | FileRejected:
    try:
        (batch,) = xlsx.read_xlsx(io.BytesIO(data), sheet)
    except RejectedError as error:
        return error.outcome
    return batch


def one(written: str) -> tuple[str | None, str | None]:
    """What a cell reads as, and why it does not count."""
    batch = read(workbook([text("a")], [written, ""], shared="<si><t>sh</t><rPh><t>x</t></rPh><r><t>ared</t></r></si>"))
    assert isinstance(batch, RawBatch)
    problems = [*batch.unusable_cells["message"], None]
    return (batch.frame["a"][0] if batch.frame.height else None), problems[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (text(" a & <b> "), " a & <b> "),
        (text("a_x000D_\nb_x0041_"), "a\r\nbA"),
        (cell("s", "0"), "shared"),
        (cell("str", "=text"), "=text"),
        (cell("b", "1"), "true"),
        (cell("b", "0"), "false"),
        (cell("n", "12"), "12"),
        (cell("n", "1.1000000000000001"), "1.1"),
        (cell("n", "123456789012.345", MONEY), "123456789012.345"),
        (cell("n", "1E-3"), "0.001"),
        (cell("n", "46024", DAY), "2026-01-02"),
        (cell("n", "46024", MOMENT), "2026-01-02T00:00:00.000000"),
        (cell("n", "46024.5", DAY), "2026-01-02T12:00:00.000000"),
        (cell("n", "46024.127843506956", MOMENT), "2026-01-02T03:04:05.679001"),
        (cell("d", "2026-01-02"), "2026-01-02"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ('<c t="str"><f>""</f><v></v></c>', None),
        ("<c/>", None),
    ],
)
def test_a_cell_is_its_exact_text(written: str, value: str | None) -> None:
    assert one(written) == (value, None)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (cell("n", "0.30000000000000004"), "15 significant digits"),
        (cell("n", "9007199254740993"), "15 significant digits"),
        (cell("e", "#DIV/0!"), "#DIV/0!"),
        ("<c><f>1+1</f></c>", "save the workbook in Excel"),
        ("<c><f>1+1</f><v></v></c>", "save the workbook in Excel"),
        (cell("n", "59", DAY), "no day from March 1900"),
        (cell("n", "-1", DAY), "no day"),
        (cell("n", "2958466", DAY), "no day"),
        (cell("n", "2958465.0000001", MOMENT), "to the microsecond"),
    ],
)
def test_a_cell_without_an_exact_value_says_why(written: str, why: str) -> None:
    value, problem = one(written)
    assert value is None
    assert problem is not None
    assert why in problem


def test_moments_survive_to_the_microsecond_or_are_refused() -> None:
    begin, first = datetime(1899, 12, 30), datetime(1970, 1, 1)  # noqa: DTZ001 # Excel knows no zones
    moments = [first + timedelta(seconds=7919 * 4_009 * n, microseconds=n * 104_729) for n in range(200)]
    rows = [[cell("n", repr((moment - begin) / timedelta(days=1)), MOMENT)] for moment in moments]
    batch = read(workbook([text("a")], *rows))
    assert isinstance(batch, RawBatch)
    refused = set(batch.unusable_cells["position"])
    for place, (found, moment) in enumerate(zip(batch.frame["a"], moments, strict=False)):
        assert (place in refused) == (found is None)
        assert found in (None, moment.isoformat(timespec="microseconds"))
        assert found is not None or moment.year > 2078


def test_the_rows_are_those_of_the_sheet() -> None:
    batch = read(workbook([], [text("a"), text("b")], [], [text("1"), text("2")], [text("1"), "<c/>", text("x")]))
    assert isinstance(batch, RawBatch)
    assert (batch.frame.rows(), batch.rows.to_list()) == ([("1", "2")], [4])
    assert batch.broken.select("row", "rule").rows() == [(5, "row.fields")]


def test_the_sheet_may_be_named() -> None:
    data = workbook([text("a")], other=[[text("b")], [text("1")]])
    other = read(data, "Other")
    assert isinstance(other, RawBatch)
    assert other.frame.to_dict(as_series=False) == {"b": ["1"]}
    missing = read(data, "Orders")
    assert isinstance(missing, FileRejected)
    assert missing.rule == "file.sheet"
    assert "Data, Other" in missing.message


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([[text("a"), text("a")]], "file.header"),
        ([[text("a")], ['<c r="B1"><v>1</v></c>', '<c r="A1"/>']], "file.unreadable"),
        ([[text("a")], ['<c r="ZZZ1"><v>1</v></c>']], "file.unreadable"),
        ([[text("a")], [cell("s", "99")]], "file.unreadable"),
        ([[text("a")], [cell("n", "x")]], "file.unreadable"),
        ([[text("a")], ["<c>"]], "file.unreadable"),
    ],
)
def test_a_damaged_sheet_is_refused(rows: list[list[str]], rule: str) -> None:
    found = read(workbook(*rows))
    assert isinstance(found, FileRejected)
    assert found.rule == rule


def test_entities_and_large_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><workbook>&y;</workbook>'
    found = read(archive({"xl/workbook.xml": bomb}))
    assert isinstance(found, FileRejected)
    assert (found.rule, "document type" in found.message) == ("file.unreadable", True)
    monkeypatch.setattr(parts, "MOST_PART_BYTES", 1_000)
    large = read(workbook([text("a")], *([text("b")] for _ in range(100))))
    assert isinstance(large, FileRejected)
    assert large.rule == "file.too_large"
