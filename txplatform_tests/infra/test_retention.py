"""How long the bucket and the ledger keep things, read from the committed template."""

from datetime import UTC, datetime, timedelta
from typing import Any

from txplatform.contracts import names, retention
from txplatform_tests.infra.synthesis import of_type
from txplatform_tests.infra.test_data_plane import named


def lake_rules(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The lifecycle rules of the lake bucket by prefix."""
    (rules,) = [
        bucket["LifecycleConfiguration"]["Rules"]
        for bucket in of_type(template, "AWS::S3::Bucket").values()
        if "NotificationConfiguration" in bucket
    ]
    return {rule.get("Prefix", ""): rule for rule in rules}


def test_every_version_is_kept_and_only_results_reports_and_changes_expire(
    template: dict[str, Any],
) -> None:
    (bucket,) = [item for item in of_type(template, "AWS::S3::Bucket").values() if "NotificationConfiguration" in item]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = bucket["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if "ExpirationInDays" in rule]
    prefixes = (names.ATHENA_RESULTS_PREFIX, names.INVENTORY_PREFIX, names.CDC_PREFIX)
    assert [rule["Prefix"] for rule in expiring] == [f"{prefix}/" for prefix in prefixes]


def test_the_ledger_forgets_what_is_done_after_its_object_has_gone(template: dict[str, Any]) -> None:
    _, ledger = named(template, "AWS::DynamoDB::Table", "TableName", names.LEDGER_TABLE)
    assert ledger["TimeToLiveSpecification"] == {"AttributeName": names.LEDGER_EXPIRY_ATTRIBUTE, "Enabled": True}
    changes = lake_rules(template)[f"{names.CDC_PREFIX}/"]
    landed = datetime(2026, 1, 1, tzinfo=UTC)
    gone = landed + timedelta(days=changes["ExpirationInDays"])
    assert not retention.is_replayable(names.Lane.CHANGES, landed, gone + timedelta(seconds=1))
    forgotten = retention.ledger_row_expires(names.Lane.CHANGES, landed, landed)
    assert forgotten
    assert forgotten > gone
    assert retention.ledger_row_expires(names.Lane.FILES, landed, landed) is None


def test_what_maintenance_replaces_leaves_the_bucket_and_raw_files_stay(template: dict[str, Any]) -> None:
    rules = lake_rules(template)
    for prefix in (names.WAREHOUSE_PREFIX, names.DASHBOARDS_PREFIX):
        assert rules[f"{prefix}/"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
        assert "ExpirationInDays" not in rules[f"{prefix}/"]
    assert f"{names.RAW_PREFIX}/" not in rules
    everywhere = rules[""]
    assert "ExpirationInDays" not in everywhere
    assert everywhere["ExpiredObjectDeleteMarker"] is True
    assert everywhere["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
