"""What cannot be seen from outside: scans and copies, things kept for ever, races made certain."""

import subprocess
import sys

import pytest

PREPARE = """
import boto3, gc, time
from concurrent.futures import ThreadPoolExecutor
from botocore.config import Config
from moto import mock_aws
from moto.core.common_models import BaseModel
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.s3.models import S3Backend
from moto.s3.utils import _VersionedKeyStore
from moto.sqs.models import Message
from txplatform.local.aws import patches
patches.apply()

def refuse(*_, **__):
    raise AssertionError("the whole table was touched")

Table.all_items = refuse
Table.__deepcopy__ = refuse
mock_aws().start()
keys = dict(region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
            config=Config(account_id_endpoint_mode="disabled"))
dynamodb, streams, sqs, s3 = (boto3.client(name, **keys) for name in ("dynamodb", "dynamodbstreams", "sqs", "s3"))
s3.create_bucket(Bucket="bucket")
s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
key = {"AttributeName": "pk", "KeyType": "HASH"}
dynamodb.create_table(
    TableName="t", KeySchema=[key], BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "state")],
    GlobalSecondaryIndexes=[{"IndexName": "by-state", "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
                             "Projection": {"ProjectionType": "ALL"}}],
    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
for number in range(5):
    dynamodb.put_item(TableName="t", Item={"pk": {"S": str(number)}, "state": {"S": "x"}})
value = {":v": {"S": "1"}}
"""

CASES = {
    "a query by key": """
assert dynamodb.query(TableName="t", KeyConditionExpression="pk = :v", ExpressionAttributeValues=value)["Count"] == 1
""",
    "a query of an index": """
found = dynamodb.query(TableName="t", IndexName="by-state", KeyConditionExpression="#s = :v",
    ExpressionAttributeNames={"#s": "state"}, ExpressionAttributeValues={":v": {"S": "x"}})
assert found["Count"] == 5
""",
    "a page of a query of an index": """
from txplatform.local.aws.patches.index_directory import IndexDirectory
read, keys_of = [], IndexDirectory.keys
IndexDirectory.keys = lambda self, search: read.append(keys_of(self, search)) or read[-1]
first = dynamodb.query(TableName="t", IndexName="by-state", KeyConditionExpression="#s = :v", Limit=1,
    ExpressionAttributeNames={"#s": "state"}, ExpressionAttributeValues={":v": {"S": "x"}})
assert first["Count"] == 1 and "LastEvaluatedKey" in first
assert [len(keys) for keys in read] == [2]
""",
    "a query of part of a table": """
from txplatform.local.aws.patches.index_directory import IndexDirectory
dynamodb.create_table(TableName="sorted", KeySchema=[key, {"AttributeName": "sk", "KeyType": "RANGE"}],
    AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    BillingMode="PAY_PER_REQUEST")
for text in ("a", "a1", "a2", "b", "a\U0001f600"):
    dynamodb.put_item(TableName="sorted", Item={"pk": {"S": "1"}, "sk": {"S": text}})
read, keys_of = [], IndexDirectory.keys
IndexDirectory.keys = lambda self, search: read.append(keys_of(self, search)) or read[-1]
def found(condition, **values):
    answer = dynamodb.query(TableName="sorted", KeyConditionExpression=f"pk = :p AND {condition}",
        ExpressionAttributeValues={":p": {"S": "1"}, **{f":{name}": {"S": text} for name, text in values.items()}})
    assert len(read.pop()) == answer["Count"]
    return [item["sk"]["S"] for item in answer["Items"]]
assert found("begins_with(sk, :s)", s="a") == ["a", "a1", "a2", "a\U0001f600"]
assert found("begins_with(sk, :s)", s="c") == []
assert found("sk BETWEEN :s AND :t", s="a1", t="b") == ["a1", "a2", "a\U0001f600", "b"]
assert found("sk > :s", s="a2") == ["a\U0001f600", "b"]
""",
    "a page of a scan": """
first = dynamodb.scan(TableName="t", Limit=2)
assert dynamodb.scan(TableName="t", ExclusiveStartKey=first["LastEvaluatedKey"])["Count"] == 3
""",
    "a transaction": """
dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": {"pk": {"S": "new"}}}}])
""",
    "the service of a request": """
from moto import backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
application = DomainDispatcherApplication(create_backend_app)
assert application.get_backend_for_host("s3.us-east-1.amazonaws.com") == "s3"
backends.list_of_moto_modules = refuse
assert application.get_backend_for_host("s3.us-east-1.amazonaws.com") == "s3"
""",
    "the values of an answer": """
from moto.core.serialize import BaseJSONSerializer
values = {"pk": {"S": "simple"}, "n": {"N": "1.5"}, "yes": {"BOOL": True}, "no": {"BOOL": False}, "empty": {"S": ""}}
odd = {"pk": {"S": "odd"}, "null": {"NULL": True}, "set": {"SS": ["a"]}}
odd["map"] = {"M": {"a": {"L": [{"B": b"x"}, {"N": "2"}]}}}
for item in (values, odd):
    dynamodb.put_item(TableName="t", Item=item)
assert dynamodb.get_item(TableName="t", Key={"pk": {"S": "odd"}})["Item"] == odd
asked = []
members = BaseJSONSerializer._serialize_structure_member

def count(serializer, serialized, value, shape, key):
    asked.append(key)
    members(serializer, serialized, value, shape, key)

BaseJSONSerializer._serialize_structure_member = count
assert dynamodb.get_item(TableName="t", Key={"pk": {"S": "simple"}})["Item"] == values
assert not {"S", "N", "BOOL"} & set(asked), asked
""",
    "how a request reads": """
import inspect
from moto.dynamodb.comparisons import ConditionExpressionParser

def put(name):
    dynamodb.put_item(TableName="t", Item={"pk": {"S": name}}, ConditionExpression="attribute_not_exists(pk)")

put("first")
inspect.getmembers = ConditionExpressionParser._lex_one_node = refuse
put("second")
try:
    put("second")
except dynamodb.exceptions.ConditionalCheckFailedException:
    pass
else:
    raise AssertionError("the condition was not read")
""",
    "an iterator": """
arn = dynamodb.describe_table(TableName="t")["Table"]["LatestStreamArn"]
shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
for _ in range(10):
    at = streams.get_records(ShardIterator=at)["NextShardIterator"]
assert not dynamodbstreams_backends["123456789012"]["us-east-1"].shard_iterators
""",
    "a conditional put": """
def slowly(operation):
    def wait(*args, **kwargs):
        found = operation(*args, **kwargs)
        time.sleep(0.2)
        return found
    return wait

S3Backend.get_object = slowly(S3Backend.get_object)

def put(_):
    try:
        s3.put_object(Bucket="bucket", Key="once", Body=b"", IfNoneMatch="*")
    except s3.exceptions.ClientError:
        return 0
    return 1

with ThreadPoolExecutor(4) as pool:
    assert sum(pool.map(put, range(4))) == 1
""",
    "versions of one key": """
look = _VersionedKeyStore.getlist

def slowly(*args):
    found = list(look(*args) or [])
    time.sleep(0.1)
    return found

_VersionedKeyStore.getlist = slowly
with ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda n: s3.put_object(Bucket="bucket", Key="k", Body=str(n).encode()), range(4)))
_VersionedKeyStore.getlist = look
assert len(s3.list_object_versions(Bucket="bucket")["Versions"]) == 4
""",
    "the counts of a queue": """
from txplatform.local.aws.patches import queues
queue = sqs.create_queue(QueueName="q")["QueueUrl"]
for _ in range(3):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
(message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
sqs.send_message(QueueUrl=queue, MessageBody="m", DelaySeconds=60)

class Hidden(list):
    __iter__ = refuse

(store,) = queues._stores.values()
store._returning = Hidden(store._returning)
found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
counts = [found["ApproximateNumberOfMessages" + kind] for kind in ("", "NotVisible", "Delayed")]
assert counts == ["2", "0", "1"], counts
""",
    "what is gone": """
queue = sqs.create_queue(QueueName="q")["QueueUrl"]
for _ in range(10):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    dynamodb.scan(TableName="t")
gc.collect()
alive = [type(thing) for thing in gc.get_objects() if isinstance(thing, (Message, Item))]
assert alive.count(Message) == 0, alive
assert alive.count(Item) == 5, alive
""",
}


@pytest.mark.parametrize("case", CASES)
def test_cost(case: str) -> None:
    done = subprocess.run([sys.executable, "-c", PREPARE + CASES[case]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
