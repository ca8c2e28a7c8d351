"""What a contract file must not say about the entity as a whole."""

from pathlib import Path

import pytest

from txplatform_tests.contracts.documents import Edit, assert_refused, entity_property

DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "wrong kind": (None, "kind", lambda d: d.update(kind="Dataset")),
    "unknown api version": (None, "apiVersion", lambda d: d.update(apiVersion="v2.2.2")),
    "unknown status": (None, "status", lambda d: d.update(status="live")),
    "no id": (None, "'id' is missing", lambda d: d.pop("id")),
    "no name": (None, "'name' is missing", lambda d: d.pop("name")),
    "name is not a text": (None, "not a text", lambda d: d.update(name=7)),
    "name in capitals": (None, "'name' is 'Orders'", lambda d: d.update(name="Orders")),
    "name too long": (None, "'name' is", lambda d: d.update(name="o" * 33)),
    "name of the registry": (None, "registry", lambda d: d.update(name="registry")),
    "name of the ledger": (None, "ledger", lambda d: d.update(name="ledger")),
    "name of the path of schemas": (None, "schemas", lambda d: d.update(name="schemas")),
    "name of the idempotency keys": (None, "idempotency", lambda d: d.update(name="idempotency")),
    "version not semantic": (None, "version", lambda d: d.update(version="1.0")),
    "version is a number": (None, "version", lambda d: d.update(version=1.0)),
    "no purpose": (None, "description.purpose", lambda d: d.update(description={})),
    "description is a text": (None, "description", lambda d: d.update(description="Orders.")),
    "unknown top-level key": (None, "retries", lambda d: d.update(retries=3)),
    "no schema": (None, "0 objects", lambda d: d.pop("schema")),
    "two objects": (None, "2 objects", lambda d: d["schema"].append({"name": "more"})),
    "schema is a mapping": (None, "not a list", lambda d: d.update(schema={"name": "orders"})),
    "object is a text": (None, "schema[1]", lambda d: d.update(schema=["orders"])),
    "object of another name": (None, "differs", lambda d: d["schema"][0].update(name="order")),
    "quality rules are a text": (None, "quality", lambda d: d["schema"][0].update(quality="sum")),
    "no properties": (None, "no properties", lambda d: d["schema"][0].update(properties=[])),
    "no partition transform": (None, "partitionTransform", lambda d: d["customProperties"].pop(0)),
    "hourly partitions": (None, "partitionTransform", lambda d: entity_property(d, "partitionTransform", "hour")),
    "unknown custom property": (None, "owner", lambda d: d["customProperties"].append({"property": "owner"})),
    "custom property twice": (None, "twice", lambda d: d["customProperties"].append(d["customProperties"][0])),
    "skew is negative": (None, "futureSkewHours", lambda d: entity_property(d, "futureSkewHours", -1)),
    "skew of a century": (None, "87600", lambda d: entity_property(d, "futureSkewHours", 876_000)),
    "precondition is a text": (
        None,
        "preconditionRequired",
        lambda d: entity_property(d, "preconditionRequired", "no"),
    ),
    "filesFrom is not a day": (None, "filesFrom", lambda d: entity_property(d, "filesFrom", "2024-13-01")),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_malformed_entity_is_refused(tmp_path: Path, field: str | None, named: str, edit: Edit) -> None:
    assert_refused(tmp_path, field, named, edit)
