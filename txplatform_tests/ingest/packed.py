"""Files of a test in every format that is read, and packed in every way."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc

PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda data: pa.compress(data, codec="zstd", asbytes=True),
    "lz4": lambda data: pa.compress(data, codec="lz4", asbytes=True),
}
_OF_OFFICE = "http://schemas.openxmlformats.org"


def archive(members: Mapping[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return sink.getvalue()


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def orc_file(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    orc.write_table(table, sink, **options)
    return sink.getvalue()


def avro(fields: Mapping[str, Any], records: Sequence[Mapping[str, Any]], codec: str = "deflate") -> bytes:
    sink = io.BytesIO()
    schema = {"type": "record", "name": "R", "fields": [{"name": name, "type": kind} for name, kind in fields.items()]}
    fastavro.writer(sink, schema, records, codec=codec)
    return sink.getvalue()


def cell(kind: str, raw: str, style: int = 0) -> str:
    """The XML of a cell, without its reference: it comes after the one before."""
    return f'<c t="{kind}" s="{style}"><v>{escape(raw)}</v></c>'


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


DAY, MOMENT, MONEY = 1, 2, 3  # styles of `workbook`


def workbook(*rows: Sequence[str], other: Sequence[Sequence[str]] = (), shared: str = "") -> bytes:
    """A workbook of the sheets `Data` and `Other`, of rows of cells."""
    sheets = {"1": rows, "2": other}
    xf = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 165, 166))
    formats = (
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd hh:mm:ss.000"/>'
        '<numFmt numFmtId="166" formatCode="[Red]#,##0.00 &quot;USD&quot;"/>'
    )
    return archive(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": (
                f'<workbook xmlns="{_OF_OFFICE}/spreadsheetml/2006/main" '
                f'xmlns:r="{_OF_OFFICE}/officeDocument/2006/relationships"><workbookPr/><sheets>'
                '<sheet name="Data" sheetId="1" r:id="rId1"/><sheet name="Other" sheetId="2" r:id="rId2"/>'
                "</sheets></workbook>"
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
                b'<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>'
            ),
            "xl/styles.xml": f"<styleSheet><numFmts>{formats}</numFmts><cellXfs>{xf}</cellXfs></styleSheet>".encode(),
            "xl/sharedStrings.xml": f"<sst>{shared}</sst>".encode(),
            **{
                f"xl/worksheets/sheet{number}.xml": (
                    "<worksheet><sheetData>"
                    + "".join(f"<row>{''.join(row)}</row>" for row in found)
                    + "</sheetData></worksheet>"
                ).encode()
                for number, found in sheets.items()
            },
        }
    )
