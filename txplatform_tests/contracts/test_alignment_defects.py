"""What a contract must not say about the alignment of a source's values."""

from pathlib import Path

import pytest

from txplatform_tests.contracts.documents import Edit, add, assert_refused, compose, custom, enum

DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "alias of another field": ("total", "order_id", lambda d: custom(d, "total", aliases=["order_id"])),
    "alias twice": (
        "total",
        "sum",
        compose(lambda d: custom(d, "order_id", aliases=["sum"]), lambda d: custom(d, "total", aliases=["sum"])),
    ),
    "alias within a field": ("total", "within field", lambda d: custom(d, "total", aliases=["order_id.total"])),
    "epoch on a number": ("total", "epoch", lambda d: custom(d, "total", epoch="seconds")),
    "epoch in hours": ("created_at", "epoch", lambda d: custom(d, "created_at", epoch="hours")),
    "case on a number": ("total", "case", lambda d: custom(d, "total", case="upper")),
    "case unknown": ("code", "case", compose(lambda d: add(d, name="code"), lambda d: custom(d, "code", case="title"))),
    "enum against its case": (
        "code",
        "case",
        compose(lambda d: add(d, name="code", quality=enum("a")), lambda d: custom(d, "code", case="upper")),
    ),
    "values are not texts": (
        "code",
        "quotes",
        compose(lambda d: add(d, name="code"), lambda d: custom(d, "code", values={True: "a"})),
    ),
    "values outside the enum": (
        "code",
        "valid value",
        compose(lambda d: add(d, name="code", quality=enum("a")), lambda d: custom(d, "code", values={"x": "b"})),
    ),
    "default outside the enum": (
        "code",
        "valid value",
        compose(lambda d: add(d, name="code", quality=enum("a")), lambda d: custom(d, "code", default="b")),
    ),
    "default of another type": ("total", "default", lambda d: custom(d, "total", default="none")),
    "default is not a boolean": (
        "paid",
        "default",
        compose(lambda d: add(d, name="paid", logicalType="boolean"), lambda d: custom(d, "paid", default="no")),
    ),
    "default with too many digits": ("total", "default", lambda d: custom(d, "total", default="0.005")),
    "default that is not a day": (
        "day",
        "default",
        compose(lambda d: add(d, name="day", logicalType="date"), lambda d: custom(d, "day", default="2024-02-30")),
    ),
    "values in a chain": (
        "code",
        "final",
        compose(lambda d: add(d, name="code"), lambda d: custom(d, "code", values={"x": "y", "y": "z", "z": "z"})),
    ),
    "values against the pattern": (
        "code",
        "valid value",
        compose(
            lambda d: add(d, name="code", logicalTypeOptions={"pattern": "[a-c]"}),
            lambda d: custom(d, "code", values={"x": "d"}),
        ),
    ),
    "unknown alignment": ("total", "unit", lambda d: custom(d, "total", unit="cents")),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_malformed_alignment_is_refused(tmp_path: Path, field: str | None, named: str, edit: Edit) -> None:
    assert_refused(tmp_path, field, named, edit)
