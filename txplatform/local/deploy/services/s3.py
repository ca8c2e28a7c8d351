"""S3: buckets with everything the template says of them, and their policies."""

import json
from collections.abc import Callable
from typing import Any

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_LIFECYCLE_RULE = ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration", "Status")


def create_bucket(context: Context, logical_id: str, properties: Properties) -> Created:
    client = context.client("s3")
    name = properties.require("BucketName")
    client.create_bucket(Bucket=name)
    for attribute, apply in _ATTRIBUTES.items():
        part = properties.part(attribute)
        if part:
            apply(client, name, part)
            part.finish()
    for inventory in properties.parts("InventoryConfigurations"):
        _take_inventory(client, name, inventory)
    return Created(name, {"Arn": f"arn:aws:s3:::{name}"})


def create_bucket_policy(context: Context, logical_id: str, properties: Properties) -> Created:
    """Apply a policy without its conditional denials.

    moto evaluates bucket policies but ignores conditions: "deny without TLS" would deny everything.
    """
    document = properties.require("PolicyDocument")
    statements = [item for item in document["Statement"] if item["Effect"] != "Deny" or "Condition" not in item]
    bucket = properties.require("Bucket")
    if statements:
        policy = json.dumps({**document, "Statement": statements})
        context.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    return Created(logical_id)


def _encrypt(client: Any, bucket: str, part: Properties) -> None:
    rules = {"Rules": [_encryption_rule(rule) for rule in part.parts("ServerSideEncryptionConfiguration")]}
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)


def _encryption_rule(rule: Properties) -> dict[str, Any]:
    taken = {"ApplyServerSideEncryptionByDefault": rule.require("ServerSideEncryptionByDefault")}
    rule.finish()
    return taken


def _version(client: Any, bucket: str, part: Properties) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=part.pick("Status"))


def _block_public_access(client: Any, bucket: str, part: Properties) -> None:
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=part.pick(*names))


def _set_lifecycle(client: Any, bucket: str, part: Properties) -> None:
    rules = [_lifecycle_rule(rule) for rule in part.parts("Rules")]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    taken = rule.pick(*_LIFECYCLE_RULE)
    taken |= {"ID": rule.require("Id"), "Filter": {"Prefix": rule.take("Prefix", "")}}
    days, markers = rule.take("ExpirationInDays"), rule.take("ExpiredObjectDeleteMarker")
    if days:
        taken["Expiration"] = {"Days": days}
    elif markers is not None:
        taken["Expiration"] = {"ExpiredObjectDeleteMarker": markers}
    rule.finish()
    return taken


def _log_access(client: Any, bucket: str, part: Properties) -> None:
    target = {"TargetBucket": part.require("DestinationBucketName"), "TargetPrefix": part.take("LogFilePrefix", "")}
    client.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": target})


def _take_inventory(client: Any, bucket: str, inventory: Properties) -> None:
    """Keep the configuration as S3 does; no report is ever written."""
    destination = inventory.part("Destination")
    target = {"Bucket": destination.require("BucketArn"), "Format": destination.require("Format")}
    target |= {"Prefix": destination.take("Prefix", ""), "AccountId": destination.take("BucketAccountId", "")}
    destination.finish()
    configuration = {
        "Id": inventory.require("Id"),
        "IsEnabled": inventory.require("Enabled"),
        "IncludedObjectVersions": inventory.require("IncludedObjectVersions"),
        "Schedule": {"Frequency": inventory.require("ScheduleFrequency")},
        "OptionalFields": inventory.take("OptionalFields", []),
        "Filter": {"Prefix": inventory.take("Prefix", "")},
        "Destination": {"S3BucketDestination": target},
    }
    inventory.finish()
    client.put_bucket_inventory_configuration(
        Bucket=bucket, Id=configuration["Id"], InventoryConfiguration=configuration
    )


def _notify(client: Any, bucket: str, part: Properties) -> None:
    queues = [_queue_notification(queue) for queue in part.parts("QueueConfigurations")]
    configuration = {"QueueConfigurations": queues}
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)


def _queue_notification(queue: Properties) -> dict[str, Any]:
    rules = queue.require("Filter")["S3Key"]["Rules"]
    taken = {
        "QueueArn": queue.require("Queue"),
        "Events": [queue.require("Event")],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    queue.finish()
    return taken


_ATTRIBUTES: dict[str, Callable[[Any, str, Properties], None]] = {
    "BucketEncryption": _encrypt,
    "LifecycleConfiguration": _set_lifecycle,
    "LoggingConfiguration": _log_access,
    "NotificationConfiguration": _notify,
    "PublicAccessBlockConfiguration": _block_public_access,
    "VersioningConfiguration": _version,
}
HANDLERS: dict[str, Handler] = {"AWS::S3::Bucket": create_bucket, "AWS::S3::BucketPolicy": create_bucket_policy}
