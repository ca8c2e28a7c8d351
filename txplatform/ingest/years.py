"""The years that a value can lie in: 0001 to 9999, those of ISO 8601, of Python and of the lake's readers alike."""

YEARS = {  # first and last, counted since 1970 in the units of columns; nanoseconds of 64 bits do not reach as far
    "days": (-719_162, 2_932_896),
    "ms": (-62_135_596_800_000, 253_402_300_799_999),
    "us": (-62_135_596_800_000_000, 253_402_300_799_999_999),
    "ns": (-(2**63), 2**63 - 1),
}
