"""A Parquet file of few bytes that would be unpacked to many is refused before, and any other is read as it is."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers import parquet as reader
from txplatform.ingest.readers import parquet_pages, together
from txplatform.ingest.readers.parquet import read_parquet
from txplatform.ingest.readers.parquet_footer import Chunk, row_groups
from txplatform.ingest.readers.parquet_pages import CheckedPages
from txplatform.ingest.readers.thrift import CutOffError, read_struct
from txplatform_tests.ingest.packed import parquet

LARGE = "x" * (1 << 20)
FORMS: list[dict[str, Any]] = [
    {"compression": compression, "data_page_version": version, "use_dictionary": dictionary}
    for compression in ("none", "zstd")
    for version in ("1.0", "2.0")
    for dictionary in (True, False)
]
TABLE = pa.table(
    {
        "text": [None if number % 7 == 0 else f"{number % 50} {'y' * (number % 90)}" for number in range(3_000)],
        "number": range(3_000),
        "list": [[str(number)] * (number % 3) for number in range(3_000)],
        "at": [datetime(2026, 1, 1, 0, 0, number % 60) for number in range(3_000)],  # noqa: DTZ001 # INT96 has none
    }
)


def refusal(data: bytes) -> str:
    with pytest.raises(RejectedError) as error:
        list(read_parquet(BytesIO(data)))
    assert error.value.outcome.rule == "file.too_large"
    return error.value.outcome.message


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(map(str, form.values())))
def test_pages_that_are_too_large_are_refused(form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {"dictionary_pagesize_limit": 1 << 30, "data_page_size": 1 << 30}
    data = parquet(pa.table({"n": [1, 2, 3], "a": [f"{number}{LARGE}" for number in range(3)]}), **form, **whole)
    assert sum(batch.rows.len() for batch in read_parquet(BytesIO(data))) == 3
    monkeypatch.setattr(parquet_pages, "MOST_PAGES", 2 << 20)
    assert refusal(data).endswith("write smaller pages and dictionaries")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(map(str, form.values())))
def test_every_page_of_a_file_has_its_header_read(form: Any) -> None:
    data = parquet(TABLE, **form, row_group_size=900, data_page_size=512, use_deprecated_int96_timestamps=True)
    checked = CheckedPages(BytesIO(data))
    with pq.ParquetFile(pa.PythonFile(checked, "r"), buffer_size=1_000) as file:
        checked.watch()
        assert sum(batch.num_rows for batch in file.iter_batches(77)) == TABLE.num_rows
    assert len(checked._chunks) == 4 * 4
    assert [chunk.header for chunk in checked._chunks] == [chunk.end for chunk in checked._chunks]


@pytest.mark.parametrize("most", [1 << 30, 300, 1])
def test_long_texts_of_dictionaries_lessen_the_rows_made_at_once_and_lose_none(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_pages, "MOST_REPEATED", most)
    monkeypatch.setattr(reader, "MOST_BYTES", most)
    data = parquet(TABLE, row_group_size=900, use_deprecated_int96_timestamps=True)
    batches = list(read_parquet(BytesIO(data), None))
    assert [text for batch in batches for text in batch.frame["text"]] == TABLE["text"].to_pylist()
    assert [row for batch in batches for row in batch.rows] == list(range(1, 3_001))
    assert [text for batch in batches for text in batch.frame["at"]][-1] == "2026-01-01T00:00:59.000000"


@pytest.mark.parametrize("within", [lambda text: text, lambda text: [text], lambda text: {"a": text, "b": [text]}])
def test_a_text_that_each_row_repeats_is_not_made_for_all_of_them_at_once(
    within: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = parquet(pa.table({"a": [within("x" * (64 << 10))] * 600}), compression="zstd")
    assert len(data) < 2_000
    for module in (reader, together):  # the latter refuses more
        monkeypatch.setattr(module, "MOST_BYTES", 4 << 20)
    assert sum(batch.rows.len() for batch in read_parquet(BytesIO(data), None)) == 600


def test_columns_that_overlap_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_pages, "row_groups", lambda _: [[Chunk(4, 94), Chunk(90, 180)]])
    with pytest.raises(RejectedError, match="overlap"):
        CheckedPages(BytesIO()).watch()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(map(str, form.values())))
def test_columns_are_where_pyarrow_finds_them(form: Any) -> None:
    data = parquet(TABLE, **form, row_group_size=900)
    metadata: Any = pq.read_metadata(BytesIO(data))
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    columns = [[group.column(place) for place in range(metadata.num_columns)] for group in groups]
    begins = [[column.dictionary_page_offset or column.data_page_offset for column in group] for group in columns]
    sizes = [[column.total_compressed_size for column in group] for group in columns]
    found = row_groups(BytesIO(data))
    assert [[chunk.begin for chunk in group] for group in found] == begins
    assert [[chunk.end - chunk.begin for chunk in group] for group in found] == sizes


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 50, b"\x19\xff\xff\x07" + (4).to_bytes(4, "little") + b"PAR1"])
def test_other_bytes_than_a_footer_are_refused(data: bytes) -> None:
    with pytest.raises(RejectedError, match="the footer of the Parquet file is damaged"):
        row_groups(BytesIO(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_struct_or_cut_off(data: bytes) -> None:
    try:
        _, length = read_struct(data)
    except CutOffError:
        return
    assert length > 0
