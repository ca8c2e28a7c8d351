"""Reads the whole numbers of a struct in Thrift's compact protocol, and how long it is; everything else is skipped.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

_BOOLEANS, _BYTE, _WHOLE, _DOUBLE, _TEXT, _LISTS, _MAP, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 11, 12
_MOST_DEEP, _MOST_BITS = 16, 64


class CutOffError(Exception):
    """The struct goes on beyond the bytes, or they are no struct."""


def read_struct(data: bytes) -> tuple[dict[int, int], int]:
    """The numbers of a struct by their fields, and its length in bytes; raise CutOffError."""
    return _struct(data, 0, _MOST_DEEP)


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, int], int]:
    found: dict[int, int] = {}
    number = 0
    while head := _byte(data, at):
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _zigzag(data, at)
        kind = head & 15
        if kind in _WHOLE:
            found[number], at = _zigzag(data, at)
        elif kind not in _BOOLEANS:  # which are in the head
            at = _skipped(data, at, kind, depth)
    return found, at + 1


def _skipped(data: bytes, at: int, kind: int, depth: int) -> int:
    """Where a value of a kind ends that begins there."""
    if not depth:
        raise CutOffError
    if kind in _BOOLEANS or kind == _BYTE:
        return at + 1
    if kind in _WHOLE:
        return _varint(data, at)[1]
    if kind == _DOUBLE:
        return at + 8
    if kind == _TEXT:
        length, at = _varint(data, at)
        return at + length
    if kind == _STRUCT:
        return _struct(data, at, depth - 1)[1]
    return _elements(data, at, kind, depth)


def _elements(data: bytes, at: int, kind: int, depth: int) -> int:
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
    for _ in range(count):
        for inner in each:
            at = _skipped(data, at, inner, depth - 1)
        _byte(data, at - 1)  # counts may promise what is not there
    return at


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
