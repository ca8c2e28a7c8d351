"""The inventory of the lake bucket, read from the committed template: what reconciliation reads of it is there."""

from typing import Any

from txplatform.contracts import names
from txplatform.ledger.inventory_files import COLUMNS
from txplatform_tests.infra.synthesis import of_type


def _bucket(template: dict[str, Any]) -> dict[str, Any]:
    (bucket,) = [item for item in of_type(template, "AWS::S3::Bucket").values() if "InventoryConfigurations" in item]
    return bucket


def test_each_lane_has_one_with_the_columns_that_are_compared(template: dict[str, Any]) -> None:
    inventories = _bucket(template)["InventoryConfigurations"]
    prefixes = {item["Id"]: item["Prefix"] for item in inventories}
    assert prefixes == {prefix: f"{prefix}/" for prefix in names.LANE_PREFIXES.values()}
    for item in inventories:
        assert {"Key", *item["OptionalFields"]} == set(COLUMNS)
        assert (item["Enabled"], item["ScheduleFrequency"]) == (True, "Daily")
        assert item["Destination"]["Format"] == "CSV"
        assert item["Destination"]["Prefix"] == names.INVENTORY_PREFIX


def test_s3_may_write_it_for_this_bucket_alone(template: dict[str, Any]) -> None:
    statements = [
        statement
        for policy in of_type(template, "AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "Inventory"
    ]
    (statement,) = statements
    assert statement["Action"] == "s3:PutObject"
    assert f"/{names.INVENTORY_PREFIX}/*" in str(statement["Resource"])
    assert set(statement["Condition"]) == {"StringEquals", "ArnEquals"}
    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
