"""Reads structs in Thrift's compact protocol: their whole numbers, structs and lists; everything else is passed over.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Iterator
from typing import Any, cast

Struct = dict[int, Any]
"""The values by the numbers of their fields; None is one of another type."""

_BOOLEANS, _BYTE, _WHOLE, _DOUBLE, _TEXT, _LISTS, _MAP, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 11, 12
_MOST_DEEP, _MOST_BITS = 16, 64


class CutOffError(Exception):
    """The struct goes on beyond the bytes, or they are no struct."""


def read_struct(data: bytes) -> tuple[Struct, int]:
    """The values of a struct, and its length in bytes; raise CutOffError."""
    return _struct(data, 0, _MOST_DEEP)


def number_of(struct: Struct, field: int) -> int:
    """A whole number of a struct, 0 where there is none."""
    value = struct.get(field)
    return value if isinstance(value, int) else 0


def structs_of(struct: Struct, field: int) -> Iterator[Struct]:
    """Yield the structs of a list in a struct, or the one that stands there."""
    value = struct.get(field)
    for item in cast("list[Any]", value) if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield cast("Struct", item)


def _struct(data: bytes, at: int, depth: int) -> tuple[Struct, int]:
    found: Struct = {}
    number = 0
    while head := _byte(data, at):
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _zigzag(data, at)
        kind = head & 15
        if kind not in _BOOLEANS:  # which are in the head
            found[number], at = _value(data, at, kind, depth)
    return found, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    """A value of a kind that begins there, and where it ends."""
    if not depth:
        raise CutOffError
    if kind in _WHOLE:
        return _zigzag(data, at)
    if kind in _BOOLEANS or kind == _BYTE:
        return None, at + 1
    if kind == _DOUBLE:
        return None, at + 8
    if kind == _TEXT:
        length, at = _varint(data, at)
        return None, at + length
    if kind == _STRUCT:
        return _struct(data, at, depth - 1)
    return _elements(data, at, kind, depth)


def _elements(data: bytes, at: int, kind: int, depth: int) -> tuple[list[Any], int]:
    if kind == _MAP:
        count, at = _varint(data, at)
        kinds = _byte(data, at) if count else 0
        at, each = at + bool(count), (kinds >> 4, kinds & 15)
    elif kind in _LISTS:
        head, at = _byte(data, at), at + 1
        count, each = head >> 4, (head & 15,)
        if count == 15:
            count, at = _varint(data, at)
    else:
        raise CutOffError
    values: list[Any] = []
    for _ in range(count):
        for inner in each:
            value, at = _value(data, at, inner, depth - 1)
            values.append(value)
        _byte(data, at - 1)  # counts may promise what is not there
    return values, at


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise CutOffError
    return data[at]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, _MOST_BITS, 7):
        byte = _byte(data, at)
        value, at = value | (byte & 127) << shift, at + 1
        if byte < 128:
            return value, at
    raise CutOffError


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return value >> 1 ^ -(value & 1), at
