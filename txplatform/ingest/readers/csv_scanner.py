"""Reads one record of delimited text, quote by quote, where a regular expression cannot say where it ends.

A quote opens a quoted text where a field begins, and closes it where a separator or the line's end follows. In a field
that does not begin with one, a quote stands for itself, as spreadsheets read it (`5" pipe`). A record whose quoted
texts are written in any other way is refused. Where it ends is then a matter of reading: its odd quotes may close the
text, belong to it, or be escaped by a backslash. The reading with the fewest lines counts, unless a later line of
another reading is no record by itself: then the record takes them all, and no line of a text is taken for a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

_QUOTE, _BACKSLASH = '"', "\\"
_MOST_LINES = 200  # of the readings beyond the first


@dataclass(frozen=True, slots=True)
class Scanned:
    """A record of `lines` lines, with its fields as RFC 4180 writes them; None where they are unsound.

    A record that is not `closed` ends with the last line inside of a quoted text.
    """

    lines: int
    fields: list[str] | None
    closed: bool = True


def scan_record(lines: Sequence[str], start: int, separator: str, columns: int, *, complete: bool) -> Scanned:
    """The record that begins with a line. `complete` says that no further lines follow these ones in the file."""
    first = _Record(separator)
    found = first.read(lines, start, len(lines))
    if not found.closed or (found.fields is not None and len(found.fields) == columns):
        return found
    others = [] if found.fields is not None else [_Record(separator, odd_quotes_close=False)]
    if first.closed_after_backslash:
        others.append(_Record(separator, odd_quotes_close=False, escapes=True))
    end, longest = min(len(lines), start + _MOST_LINES), found
    for other in others:
        reading = other.read(lines, start, end)
        if not reading.closed:
            if end == len(lines) and not complete:
                return reading
        elif reading.lines > longest.lines and not _are_records(
            lines[start + found.lines : start + reading.lines], separator, columns
        ):
            longest = Scanned(reading.lines, None)
    return longest


def _are_records(lines: Sequence[str], separator: str, columns: int) -> bool:
    """Whether these lines are records that fit, blank ones aside; the last one may go on after them."""
    place = 0
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        record = _Record(separator)
        found = record.read(lines, place, len(lines))
        place += found.lines
        if found.closed and (found.fields is None or len(found.fields) != columns or record.has_bare_quote):
            return False
    return True


class _Record:
    """Reads a record line by line. After a quote that only an escape explains, every backslash is taken for one."""

    def __init__(self, separator: str, *, odd_quotes_close: bool = True, escapes: bool = False) -> None:
        self._separator = separator
        self._odd_quotes_close = odd_quotes_close
        self._escapes = escapes
        self._sound = True
        self._quoted = False  # at the end of what was read so far
        self._fields: list[str] = []
        self._open: list[str] = []  # lines of the field that is being read
        self.closed_after_backslash = False

    @property
    def has_bare_quote(self) -> bool:
        """Whether a field that does not begin with a quote holds one."""
        return any(_QUOTE in field and not field.startswith(_QUOTE) for field in self._fields)

    def read(self, lines: Sequence[str], start: int, end: int) -> Scanned:
        for count, line in enumerate(islice(lines, start, end), 1):
            self._read_line(line)
            if not self._quoted:
                return Scanned(count, [_as_rfc_4180(field) for field in self._fields] if self._sound else None)
        return Scanned(end - start, None, closed=False)

    def _read_line(self, text: str) -> None:
        begin, place, end = 0, 0, len(text.removesuffix("\r"))
        while True:
            if not self._quoted:
                place = self._opening(text, place)
            if self._quoted:
                place = self._closing(text, place, end)
            if self._quoted:
                self._open.append(text[begin:])
                return
            stop = text.find(self._separator, place)
            self._open.append(text[begin : end if stop < 0 else stop])
            self._fields.append("\n".join(self._open))
            self._open.clear()
            if stop < 0:
                return
            begin = place = stop + 1

    def _opening(self, text: str, begin: int) -> int:
        """Where the content of a field begins: after its quote, if it has one."""
        place = begin
        while text.startswith((" ", "\t"), place) and not text.startswith(self._separator, place):
            place += 1
        self._quoted = text.startswith(_QUOTE, place)
        if not self._quoted:
            return begin
        self._sound = self._sound and place == begin
        return place + 1

    def _closing(self, text: str, place: int, end: int) -> int:
        """Where the quoted text has ended; it stays open if this line does not end it."""
        while (quote := text.find(_QUOTE, place)) >= 0:
            place = quote + 1
            escaped = _backslashes(text, quote) % 2 == 1
            if self._escapes and escaped:
                self._sound = False
            elif text.startswith(_QUOTE, place):
                place += 1
            elif place == end or text.startswith(self._separator, place):
                self._quoted = False
                self.closed_after_backslash |= escaped
                return place
            else:
                self._sound = False
                if self._odd_quotes_close:
                    self._quoted = False
                    self.closed_after_backslash |= escaped
                    return place
                self._escapes |= escaped
        return place


def _backslashes(text: str, end: int) -> int:
    """How many backslashes stand before a place."""
    begin = end
    while begin and text[begin - 1] == _BACKSLASH:
        begin -= 1
    return end - begin


def _as_rfc_4180(field: str) -> str:
    if _QUOTE not in field or field.startswith(_QUOTE):
        return field
    return _QUOTE + field.replace(_QUOTE, _QUOTE * 2) + _QUOTE
