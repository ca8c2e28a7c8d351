"""Casts whole numbers and decimals that are written with a few characters, eight of these at a time.

Polars holds a text of up to twelve bytes beside its length, in sixteen bytes. They are taken as two integers and moved
until the last character is in the last byte. All bytes are then held against what they may be at once, and the digits
of pairs, of fours and of eights are put together by a multiplication each.
"""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from txplatform.contracts.model import Field, FieldType

_MOST_SCALE = 6
_ROWS = 16 << 10  # that are looked at together, so that all that is made of them stays in the cache
_LONGEST = 12
_NEWEST = pl.CompatLevel.newest()  # has texts as polars holds them
_u64 = np.uint64
_BYTE = 0xFF
_EACH = ((1 << 64) - 1) // _BYTE  # a one in each byte
_ZEROS = _EACH * ord("0")
_ABOVE_NINE = _u64(_EACH * (0x80 - 10))  # added to bytes, gives those a highest bit that are more than nine
_ABOVE_ZERO = _u64(0x7F)  # the same for the first byte, of those that are more than zero
_HIGHEST = _u64(_EACH * 0x80)
_SIGN = _u64(ord("-") << 32)  # the first of a text's characters
# Zeros for the digits that a number of so many lacks: of its last eight, and of the eight before.
_FILL = np.array([_ZEROS >> 8 * min(size, 8) for size in range(_LONGEST + 1)], _u64)
_FILL_BEFORE = np.array([_ZEROS >> 8 * max(size - 8, 0) for size in range(_LONGEST + 1)], _u64)
_arrow: Any = pa  # its stubs leave the types of buffers unknown


def short_numbers(field: Field, texts: pl.Series) -> pl.Series | None:
    """The values of texts that are short numbers with as many decimal places as the field has; null for other texts.

    None for a field with more places than are looked at.
    """
    if (field.scale or 0) > _MOST_SCALE:
        return None
    column: Any = texts.to_arrow(compat_level=_NEWEST)
    count, scale = len(column), field.scale or 0
    views = np.frombuffer(column.buffers()[1], _u64)[2 * column.offset :][: 2 * count].reshape(count, 2)
    numbers, fits = np.empty((count, 2), np.int64), np.empty(count, np.bool_)
    for begin in range(0, count, _ROWS):
        rows = slice(begin, begin + _ROWS)
        numbers[rows, 0], fits[rows] = _numbers(views[rows, 0].copy(), views[rows, 1].copy(), scale)
    if field.type is FieldType.DECIMAL and (field.precision or 0) < _LONGEST + scale:
        fits &= np.abs(numbers[:, 0]) < 10 ** (field.precision or 0)
    if texts.null_count():
        fits &= texts.is_not_null().to_numpy()
    held = None if fits.all() else _arrow.py_buffer(np.packbits(fits, bitorder="little"))
    if field.type is FieldType.INTEGER:
        kind, values = pa.int64(), np.ascontiguousarray(numbers[:, 0])
    else:
        np.right_shift(numbers[:, 0], 63, out=numbers[:, 1])  # the upper half of 128 bits is the sign
        kind, values = _arrow.decimal128(field.precision, scale), numbers
    return pl.Series(field.name, _arrow.Array.from_buffers(kind, count, [held, _arrow.py_buffer(values)]))


def _numbers(first: Any, rest: Any, scale: int) -> tuple[Any, Any]:
    """The numbers, times ten to the power of the scale, and which of the texts are one."""
    size = first & _u64(0xFFFFFFFF)
    first &= _u64(0xFFFFFFFF << 32)  # four characters; the others are in the rest
    negative = (first & _u64(_BYTE << 32)) == _SIGN
    signed = negative.any()
    if signed:
        first ^= negative * _u64((ord("-") ^ ord("0")) << 32)
    fits = size <= _u64(_LONGEST)
    shift = (_u64(_LONGEST) - size) << _u64(3)  # numpy moves by 64 and more as by 64
    last, before = rest << shift, first << shift
    last |= first >> (_u64(64) - shift)
    last |= first << (shift - _u64(64))
    bad, fraction = _u64(0), _u64(0)
    if scale:
        end = _u64(8 * (scale + 1))
        places = last >> (_u64(64) - end)
        places ^= _u64((_ZEROS >> (64 - 8 * scale)) << 8 | ord("."))
        bad = places + (_ABOVE_NINE | _ABOVE_ZERO)
        bad |= places
        fraction = _eight_digits(places << (_u64(64) - end))
        last <<= end
        last |= before >> (_u64(64) - end)
        before <<= end
        size -= _u64(scale + 1)
    fits &= size > negative
    digits = np.minimum(size, _u64(_LONGEST)).astype(np.intp)
    last |= _FILL.take(digits)
    last ^= _u64(_ZEROS)
    bad |= last + _ABOVE_NINE
    bad |= last
    values = _eight_digits(last)
    if digits.max() > 8:
        before |= _FILL_BEFORE.take(digits)
        before ^= _u64(_ZEROS)
        bad |= before + _ABOVE_NINE
        bad |= before
        values += _eight_digits(before) * _u64(10**8)
    values *= _u64(10**scale)
    values += fraction
    fits &= (bad & _HIGHEST) == 0
    values = values.view(np.int64)
    return (np.where(negative, -values, values) if signed else values), fits


def _eight_digits(digits: Any) -> Any:
    """The number whose digits are bytes of these, the first byte the highest."""
    for ten, bits, mask in ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, (1 << 32) - 1)):
        digits = digits * _u64(ten << bits | 1)
        digits >>= _u64(bits)
        digits &= _u64(mask)
    return digits
