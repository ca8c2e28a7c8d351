"""What a contract must not say about primary key, version field and partition field."""

from pathlib import Path

import pytest

from txplatform_tests.contracts.documents import Edit, add, assert_refused, compose, entity_property, prop

_LENGTHS = {"minLength": 1, "maxLength": 9}

DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "no key": (None, "primary key", lambda d: prop(d, "order_id").pop("primaryKey")),
    "key positions": (None, "primaryKeyPosition", lambda d: prop(d, "order_id").update(primaryKeyPosition=2)),
    "second key field without position": (
        None,
        "primaryKeyPosition",
        lambda d: add(d, name="shop", required=True, primaryKey=True, logicalTypeOptions=_LENGTHS),
    ),
    "key flag is not a boolean": ("order_id", "primaryKey", lambda d: prop(d, "order_id").update(primaryKey="yes")),
    "optional key": ("order_id", "optional", lambda d: prop(d, "order_id").update(required=False)),
    "personal key": ("order_id", "personal", lambda d: prop(d, "order_id").update(classification="personal")),
    "key without lengths": ("order_id", "lengths", lambda d: prop(d, "order_id").pop("logicalTypeOptions")),
    "decimal key": (
        "total",
        "key",
        compose(
            lambda d: prop(d, "total").update(primaryKey=True, primaryKeyPosition=2, required=True),
            lambda d: prop(d, "order_id").update(primaryKeyPosition=1),
        ),
    ),
    "key too long": (
        None,
        "2048",
        lambda d: prop(d, "order_id").update(logicalTypeOptions={"minLength": 1, "maxLength": 512}),
    ),
    "no partition": (None, "0 fields are marked", lambda d: prop(d, "created_at").pop("partitioned")),
    "two partitions": (None, "2 fields are marked", lambda d: prop(d, "updated_at").update(partitioned=True)),
    "partition by text": (
        "order_id",
        "partition",
        compose(
            lambda d: prop(d, "created_at").pop("partitioned"), lambda d: prop(d, "order_id").update(partitioned=True)
        ),
    ),
    "optional partition": ("created_at", "optional", lambda d: prop(d, "created_at").update(required=False)),
    "version field unknown": (None, "versionField", lambda d: entity_property(d, "versionField", "revision")),
    "personal version": (
        "updated_at",
        "versions appear in URLs",
        lambda d: prop(d, "updated_at").update(classification="personal"),
    ),
    "version field a text": ("order_id", "order versions", lambda d: entity_property(d, "versionField", "order_id")),
    "version field optional": ("updated_at", "optional", lambda d: prop(d, "updated_at").update(required=False)),
    "version field negative": (
        "revision",
        "negative",
        compose(
            lambda d: add(d, name="revision", logicalType="integer", required=True),
            lambda d: entity_property(d, "versionField", "revision"),
        ),
    ),
    "skew of a version that is a number": (
        None,
        "no moment",
        compose(
            lambda d: add(d, name="revision", logicalType="integer", required=True, logicalTypeOptions={"minimum": 0}),
            lambda d: entity_property(d, "versionField", "revision"),
            lambda d: entity_property(d, "futureSkewHours", 1),
        ),
    ),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_malformed_key_version_or_partition_is_refused(
    tmp_path: Path, field: str | None, named: str, edit: Edit
) -> None:
    assert_refused(tmp_path, field, named, edit)
