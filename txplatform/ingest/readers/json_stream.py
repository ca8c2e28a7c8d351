"""JSON values one after the other out of a file of any size. Each is cut out as it was written: no digit is touched."""

import codecs
import json
import re
from collections.abc import Iterable

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers import text

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)  # only where a value ends is of interest
_SPACE = re.compile(r"[ \t\n\r]*")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_SHIFT = 1 << 20  # characters that were read may stay in memory before they are cut off


class JsonStream:
    """The text of a file from its begin, more of which is read where a value may not be whole yet.

    What is no UTF-8 is in the text as lone surrogates, as `surrogateescape` has it. A value is as long as a line may
    be. Every method raises RejectedError where the text is no JSON.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text, self._place, self._complete = "", 0, False
        self._line = 1
        self.values = 0
        self._read_on()
        self._place += self._text.startswith(_BOM)

    def next_is(self, char: str) -> bool:
        """Whether the next token begins so; white space before it is passed over, and so is the token if it is it."""
        found = self._next() == char
        self._place += found
        return found

    def need(self, char: str) -> None:
        """Pass over a token that must be there."""
        if not self.next_is(char):
            raise self._damaged(f"'{char}' is missing")

    def at_end(self) -> bool:
        """Whether nothing but white space is left."""
        return not self._next()

    def line(self) -> int:
        """The number of the line that the next token is in."""
        self._next()
        return self._line + self._text.count("\n", 0, self._place)

    def value(self) -> str:
        """The text of the next value."""
        self._next()
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._place)
            except (ValueError, RecursionError) as error:
                if self._complete or isinstance(error, RecursionError):
                    raise self._damaged(type(error).__name__) from error
            else:
                if end < len(self._text) or self._complete:  # a number may go on
                    value, self._place = self._text[self._place : end], end
                    self.values += 1
                    return value
            if len(self._text) - self._place > text.LONGEST_LINE:
                raise self._damaged(f"a value is not JSON, or longer than {text.LONGEST_LINE} characters")
            self._read_on()

    def name(self) -> str:
        """The next token, which must be a text."""
        value = self.value()
        if not value.startswith('"'):
            raise self._damaged("a name is missing")
        return str(json.loads(value))

    def _next(self) -> str:
        """The character that the next token begins with, empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._place)
            self._place = space.end() if space else self._place
            if self._place < len(self._text) or self._complete:
                return self._text[self._place : self._place + 1]
            self._read_on()

    def _read_on(self) -> None:
        """Read at least as much as is there already, so that a value is tried again only a few times."""
        parts, size = [self._text[self._place :]], 0
        self._line += self._text.count("\n", 0, self._place)
        while size <= max(len(parts[0]), _SHIFT) and not self._complete:
            chunk = next(self._chunks, None)
            self._complete = chunk is None
            parts.append(self._decoder.decode(chunk or b"", final=self._complete))
            size += len(parts[-1])
        self._text, self._place = "".join(parts), 0

    def _damaged(self, why: str) -> RejectedError:
        message = f"the file is not JSON in line {self.line()}, after {self.values} values: {why}"
        return RejectedError("file.unreadable", message)
