"""The parts of an Excel workbook: its sheets by their names, and the texts and number formats that cells refer to."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, Literal

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.archive import opened
from txplatform.ingest.readers.xml_events import xml_events

MOST_PART_BYTES = 256 << 20
"""Of a sheet, and of all texts of a workbook, as XML."""

Style = Literal["number", "day", "moment"]

_BUILT_IN: Mapping[int, Style] = {
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 59)), "day"),
    **dict.fromkeys((*range(18, 23), *range(32, 36), 45, 46, 47), "moment"),
}
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|general', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the cells of a `sheet` refer to. `from_1904` says from when its days count."""

    sheet: IO[bytes]
    texts: list[str]
    styles: list[Style]
    from_1904: bool


@contextmanager
def workbook(content: BinaryIO, sheet: str | None) -> Iterator[Workbook]:
    """Open the sheet of this name, or the first; raise RejectedError where there is none, or it is damaged."""
    with opened(content) as archive:
        sheets, from_1904 = _sheets(archive)
        if not sheets or (sheet is not None and sheet not in sheets):
            problem = f"the workbook has no sheet '{sheet or ''}': it has {', '.join(sheets) or 'none'}"
            raise RejectedError("file.sheet", problem)
        relations = {
            each["Id"]: each["Target"]
            for name, each in _attributes(archive, "xl/_rels/workbook.xml.rels")
            if "Id" in each
        }
        target = relations.get(sheets[sheet or next(iter(sheets))], "")
        with _part(archive, target[1:] if target.startswith("/") else f"xl/{target}") as stream:
            yield Workbook(stream, _texts(archive), _styles(archive), from_1904)


def _sheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """The relation of each sheet, and whether days count from 1904."""
    sheets, from_1904 = dict[str, str](), False
    for name, each in _attributes(archive, "xl/workbook.xml"):
        if name == "sheet":
            sheets[each.get("name", "")] = each.get("id", "")
        elif name == "workbookPr":
            from_1904 = each.get("date1904") in ("1", "true")
    return sheets, from_1904


def _attributes(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    with _part(archive, name) as stream:
        for event in xml_events(stream):
            if event.attributes is not None:
                yield event.name, event.attributes


def _part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    if name not in archive.NameToInfo:
        raise RejectedError("file.unreadable", "the workbook lacks a part of itself")
    if archive.getinfo(name).file_size > MOST_PART_BYTES:
        problem = f"the workbook has a part of more than {MOST_PART_BYTES} bytes: deliver CSV"
        raise RejectedError("file.too_large", problem)
    return archive.open(name)


def _texts(archive: zipfile.ZipFile) -> list[str]:
    """The shared texts, without what says how to pronounce them."""
    if "xl/sharedStrings.xml" not in archive.NameToInfo:
        return []
    texts, parts, spoken, inside = list[str](), list[str](), False, False
    with _part(archive, "xl/sharedStrings.xml") as stream:
        for event in xml_events(stream):
            match event.name:
                case "":
                    parts += [event.text] if inside and not spoken else []
                case "t":
                    inside = event.attributes is not None
                case "rPh":
                    spoken = event.attributes is not None
                case "si" if event.attributes is None:
                    texts.append(unescaped("".join(parts)))
                    parts = []
                case _:
                    pass
    return texts


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, which Excel writes as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _styles(archive: zipfile.ZipFile) -> list[Style]:
    """What a number stands for, by the number of its cell's style."""
    if "xl/styles.xml" not in archive.NameToInfo:
        return []
    formats, styles, in_cells = dict(_BUILT_IN), list[Style](), False
    with _part(archive, "xl/styles.xml") as stream:
        for event in xml_events(stream):
            if event.name == "cellXfs":
                in_cells = event.attributes is not None
            elif event.attributes is None:
                continue
            elif event.name == "numFmt":
                formats[int(event.attributes["numFmtId"])] = _style(event.attributes.get("formatCode", ""))
            elif event.name == "xf" and in_cells:
                styles.append(formats.get(int(event.attributes.get("numFmtId", "0")), "number"))
    return styles


def _style(code: str) -> Style:
    """What the first section of a format shows."""
    parts = _LITERALS.sub("", code).partition(";")[0].lower()
    if set(parts) & set("hs"):
        return "moment"
    return "day" if set(parts) & set("dmy") else "number"
