"""Glue refuses stale writers; S3 is atomic and names versions in its notifications; moto runs no function itself."""

import io
import json
import time
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest
from botocore.exceptions import ClientError
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException

from txplatform.local.clients import LocalClients
from txplatform.local.environment import ACCOUNT, REGION
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE


def test_a_stale_glue_version_is_refused(client: LocalClients, iceberg: GlueCatalog, name: str) -> None:
    glue = client("glue")
    glue.create_table(DatabaseName=DATABASE, TableInput={"Name": name})
    version = glue.get_table(DatabaseName=DATABASE, Name=name)["Table"]["VersionId"]
    glue.update_table(DatabaseName=DATABASE, TableInput={"Name": name}, VersionId=version)
    with pytest.raises(ClientError, match="ConcurrentModification"):
        glue.update_table(DatabaseName=DATABASE, TableInput={"Name": name}, VersionId=version)


def test_a_table_without_partition_keys_has_an_empty_list_of_them(
    client: LocalClients, iceberg: GlueCatalog, name: str
) -> None:
    client("glue").create_table(DatabaseName=DATABASE, TableInput={"Name": name})
    assert client("glue").get_table(DatabaseName=DATABASE, Name=name)["Table"]["PartitionKeys"] == []


def test_glue_keeps_former_versions_until_they_are_deleted(
    client: LocalClients, iceberg: GlueCatalog, name: str
) -> None:
    glue = client("glue")

    def versions() -> list[str]:
        pages = glue.get_paginator("get_table_versions").paginate(DatabaseName=DATABASE, TableName=name)
        return sorted(item["VersionId"] for page in pages for item in page["TableVersions"])

    glue.create_table(DatabaseName=DATABASE, TableInput={"Name": name})
    for _ in range(3):
        glue.update_table(DatabaseName=DATABASE, TableInput={"Name": name})
    assert versions() == ["1", "2", "3", "4"]
    answer = glue.batch_delete_table_version(DatabaseName=DATABASE, TableName=name, VersionIds=["1", "2", "9"])
    assert [item["VersionId"] for item in answer["Errors"]] == ["9"]
    assert versions() == ["3", "4"]
    glue.update_table(DatabaseName=DATABASE, TableInput={"Name": name}, SkipArchive=True)
    assert versions() == ["3", "5"]
    assert glue.get_table(DatabaseName=DATABASE, Name=name)["Table"]["VersionId"] == "5"


@pytest.mark.parametrize("name", ["a#b?c.csv", "100%.csv", "a%20b%2F.csv", "a b+c&d=e.csv", "//x//y.csv"])
def test_an_object_has_the_key_that_was_asked_for(client: LocalClients, name: str) -> None:
    s3, key = client("s3"), f"odd-keys/{name}"
    s3.put_object(Bucket=BUCKET, Key=key, Body=name.encode())
    assert key in [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET, Prefix="odd-keys/")["Contents"]]
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == name.encode()


def test_user_metadata_keeps_its_keys_in_lower_case(client: LocalClients, iceberg: GlueCatalog, name: str) -> None:
    s3, key, given = client("s3"), f"kept/{name}", {"attr1": "X-Amz-Meta-Up: 1", "attr-2": "w"}
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"X-Amz-Meta-Up: 2", Metadata=given)
    found = s3.get_object(Bucket=BUCKET, Key=key)
    assert (found["Metadata"], found["Body"].read()) == (given, b"X-Amz-Meta-Up: 2")


def test_of_two_iceberg_commits_on_one_state_the_second_fails(iceberg: GlueCatalog, name: str) -> None:
    rows = pa.table({"n": pa.array([1], pa.int64())})
    properties = {"commit.retry.num-retries": "0"}
    iceberg.create_table(
        (DATABASE, name), rows.schema, location=f"s3://{BUCKET}/warehouse/{name}", properties=properties
    )
    first, second = iceberg.load_table((DATABASE, name)), iceberg.load_table((DATABASE, name))
    first.append(rows)
    with pytest.raises(CommitFailedException):
        second.append(rows)
    assert iceberg.load_table((DATABASE, name)).scan().to_arrow().num_rows == 1


@pytest.fixture
def versioned(client: LocalClients, name: str) -> tuple[Any, str]:
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3, name


def test_one_of_many_conditional_puts_wins(versioned: tuple[Any, str]) -> None:
    s3, bucket = versioned

    def put(number: int) -> str:
        try:
            s3.put_object(Bucket=bucket, Key="k", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "stored"

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(put, range(64))) == {"stored": 1, "PreconditionFailed": 63}


def test_listing_works_beside_puts_and_no_version_is_lost(versioned: tuple[Any, str]) -> None:
    s3, bucket = versioned

    def put(writer: int) -> None:
        for number in range(20):
            s3.put_object(Bucket=bucket, Key=f"{writer}/{number}", Body=b"x")
            s3.put_object(Bucket=bucket, Key="shared", Body=f"{writer}-{number}".encode())

    def listing(_: int) -> None:
        for _ in range(20):
            s3.list_objects_v2(Bucket=bucket)
            s3.list_object_versions(Bucket=bucket, Prefix="shared")

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(put, writer) for writer in range(4)] + [pool.submit(listing, reader) for reader in range(4)]
        for future in done:
            future.result()
    assert len(s3.list_object_versions(Bucket=bucket, Prefix="shared")["Versions"]) == 80


def test_notifications_name_the_version_and_its_order(
    client: LocalClients, versioned: tuple[Any, str], name: str
) -> None:
    s3, bucket = versioned
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = {"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "Events": ["s3:ObjectCreated:*"]}
    rules = [{"Name": "prefix", "Value": "raw/"}]
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"QueueConfigurations": [{**queue, "Filter": {"Key": {"FilterRules": rules}}}]},
    )
    versions = [s3.put_object(Bucket=bucket, Key="raw/a b", Body=body)["VersionId"] for body in (b"1", b"2")]
    s3.put_object(Bucket=bucket, Key="other", Body=b"")
    bodies = [
        json.loads(message["Body"])
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)["Messages"]
    ]
    objects = [record["s3"]["object"] for body in bodies for record in body.get("Records", [])]
    assert [(described["key"], described["versionId"]) for described in objects] == [("raw/a+b", v) for v in versions]
    assert objects[0]["sequencer"] < objects[1]["sequencer"]


@pytest.mark.parametrize("suffix", ["", ".fifo"])
def test_a_mapping_does_not_make_moto_run_the_function(client: LocalClients, name: str, suffix: str) -> None:
    iam, functions, sqs = client("iam"), client("lambda"), client("sqs")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("f.py", "def handler(event, context): pass")
    functions.create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="f.handler", Code={"ZipFile": packed.getvalue()}
    )
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if suffix else {}
    group = {"MessageGroupId": "g"} if suffix else {}
    url = sqs.create_queue(QueueName=f"{name}{suffix}", Attributes=fifo)["QueueUrl"]
    source = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}{suffix}"
    mapping = functions.create_event_source_mapping(FunctionName=name, EventSourceArn=source)["UUID"]
    assert [known["UUID"] for known in functions.list_event_source_mappings()["EventSourceMappings"]].count(
        mapping
    ) == 1
    sqs.send_message(QueueUrl=url, MessageBody="m", **group)
    time.sleep(0.2)
    (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
