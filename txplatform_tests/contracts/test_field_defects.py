"""What a contract must not say about a single field."""

from pathlib import Path

import pytest

from txplatform_tests.contracts.documents import Edit, add, assert_refused, enum, options, prop

DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "property without name": (None, "name", lambda d: prop(d, "total").pop("name")),
    "field of the platform": ("_row", "platform", lambda d: add(d, name="_row")),
    "field called dt": ("dt", "reserved", lambda d: add(d, name="dt")),
    "field called pk": ("pk", "reserved", lambda d: add(d, name="pk")),
    "field in camel case": ("orderTotal", "valid field name", lambda d: add(d, name="orderTotal")),
    "field twice": ("total", "twice", lambda d: add(d, name="total")),
    "field without description": ("total", "description", lambda d: prop(d, "total").pop("description")),
    "unknown key of a field": ("total", "requried", lambda d: prop(d, "total").update(requried=True)),
    "rule that nothing enforces": ("total", "unique", lambda d: prop(d, "total").update(unique=True)),
    "no type": ("total", "logicalType", lambda d: prop(d, "total").pop("logicalType")),
    "nested object": ("total", "logicalType", lambda d: prop(d, "total").update(logicalType="object")),
    "number without digits": ("total", "exact", lambda d: prop(d, "total").pop("physicalType")),
    "number as double": ("total", "exact", lambda d: prop(d, "total").update(physicalType="double")),
    "precision beyond 38": ("total", "impossible", lambda d: prop(d, "total").update(physicalType="decimal(39,2)")),
    "scale beyond precision": ("total", "impossible", lambda d: prop(d, "total").update(physicalType="decimal(4,5)")),
    "types disagree": ("order_id", "does not fit", lambda d: prop(d, "order_id").update(physicalType="bigint")),
    "unknown classification": ("total", "persnal", lambda d: prop(d, "total").update(classification="persnal")),
    "length of a number": ("total", "maxLength", lambda d: options(d, "total", maxLength=3)),
    "negative length": ("code", "minLength", lambda d: add(d, name="code", logicalTypeOptions={"minLength": -1})),
    "lengths crossed": (
        "code",
        "minLength",
        lambda d: add(d, name="code", logicalTypeOptions={"minLength": 5, "maxLength": 4}),
    ),
    "bound is not a number": (
        "total",
        "minimum",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": "1e3"}),
    ),
    "bounds crossed": (
        "total",
        "'minimum' and 'maximum'",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": 2, "maximum": 1}),
    ),
    "both lower bounds": (
        "total",
        "exclusiveMinimum",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": 0, "exclusiveMinimum": 0}),
    ),
    "bound finer than the type": (
        "total",
        "decimal places",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": "0.001"}),
    ),
    "bound beyond the type": (
        "total",
        "does not fit",
        lambda d: prop(d, "total").update(logicalTypeOptions={"maximum": 10**16}),
    ),
    "bound beyond 64 bits": (
        "count",
        "does not fit",
        lambda d: add(d, name="count", logicalType="integer", logicalTypeOptions={"maximum": 2**63}),
    ),
    "pattern broken": ("code", "expression", lambda d: add(d, name="code", logicalTypeOptions={"pattern": "[a-"})),
    "pattern with a class": ("code", "engines", lambda d: add(d, name="code", logicalTypeOptions={"pattern": r"\d+"})),
    "pattern with anchors": ("code", "engines", lambda d: add(d, name="code", logicalTypeOptions={"pattern": "^a$"})),
    "pattern looking around": (
        "code",
        "engines",
        lambda d: add(d, name="code", logicalTypeOptions={"pattern": "(?=a)a"}),
    ),
    "enum on a number": ("total", "validValues", lambda d: prop(d, "total").update(quality=enum("1", "2"))),
    "enum that YAML reads as booleans": ("code", "quotes", lambda d: add(d, name="code", quality=enum(False, "SE"))),
    "enum repeats": ("code", "repeats", lambda d: add(d, name="code", quality=enum("a", "a"))),
    "enum empty": ("code", "validValues", lambda d: add(d, name="code", quality=enum())),
    "enum twice": ("code", "exactly one", lambda d: add(d, name="code", quality=enum("a") + enum("b"))),
    "enum that tolerates": ("code", "tolerates", lambda d: add(d, name="code", quality=enum("a", tolerance=5))),
    "quality in SQL": ("code", "type", lambda d: add(d, name="code", quality=[{"type": "sql", "query": "SELECT 1"}])),
    "metric that nothing enforces": (
        "code",
        "metric",
        lambda d: add(d, name="code", quality=[{"metric": "nullValues", "mustBe": 0}]),
    ),
    "example not canonical": ("total", "canonical", lambda d: prop(d, "total").update(examples=[12.5])),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_malformed_field_is_refused(tmp_path: Path, field: str | None, named: str, edit: Edit) -> None:
    assert_refused(tmp_path, field, named, edit)
