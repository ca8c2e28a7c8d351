"""`source` from event to table, dead-letter queue, alert and metrics, on AWS in this process."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdas.data_api.handler import DataApi
from lambdas.data_api.settings import Settings as DataApiSettings
from lambdas.shared.errors import UnknownEntityError
from lambdas.shared.registry import SchemaRegistry
from lambdas.shared.schema import EntitySchema
from lambdas.source import handler as module
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS
from txplatform_tests.lambdas.source.conftest import Endpoint

Cloud = Callable[[str], Any]


class Context:
    """Lambda's context of an invocation that has just begun."""

    remaining = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


CONTEXT = Context()


@pytest.fixture(autouse=True)
def _wired(cloud: Cloud, dynamodb: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    api = DataApi(DataApiSettings(names.entity_table(names.ENTITY_SLOT), names.REGISTRY_TABLE, 30))
    endpoint.api = lambda event: api.process(event).as_payload()
    sqs, sns = cloud("sqs"), cloud("sns")
    topic = sns.create_topic(Name=names.ALERTS_TOPIC)["TopicArn"]
    sqs.create_queue(QueueName="inbox")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:inbox")
    url = sqs.create_queue(QueueName=names.inbound_dead_letter_queue("payments"))["QueueUrl"]
    secret = json.dumps({"client_id": "client", "client_secret": "secret"})
    arn = cloud("secretsmanager").create_secret(Name="machine-client", SecretString=secret)["ARN"]
    for name, value in {
        "TXP_INBOUND_QUEUE": names.inbound_queue(names.ENTITY_SLOT),
        "TXP_DEAD_LETTER_QUEUE_URL": url.replace("payments", names.ENTITY_SLOT),
        "TXP_REGISTRY_TABLE": names.REGISTRY_TABLE,
        "TXP_ALERTS_TOPIC_ARN": topic,
        "TXP_METRIC_NAMESPACE": names.METRIC_NAMESPACE,
        "TXP_API_URL": endpoint.url,
        "TXP_TOKEN_URL": f"{endpoint.url}/oauth2/token",
        "TXP_CLIENT_SECRET_ARN": arn,
        "TXP_SCOPE": "txplatform/{entity}.write",
    }.items():
        monkeypatch.setenv(name, value)
    module._source.cache_clear()
    yield
    module._source.cache_clear()


def received(cloud: Cloud, queue: str) -> list[Any]:
    """Everything in a queue, taken out."""
    sqs = cloud("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found: list[Any] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for item in batch:
            found.append(json.loads(item["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=item["ReceiptHandle"])
    return found


def stored(cloud: Cloud) -> dict[str, Any]:
    items = cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"]
    return {item["pk"]["S"]: {name: value for name, value in item.items() if name != "_written_at"} for item in items}


def metrics(cloud: Cloud) -> dict[str, float]:
    """Sums of what was put, by metric, of payments."""
    statistics = cloud("cloudwatch").get_metric_statistics
    dimensions = [{"Name": "Entity", "Value": "payments"}]
    window = {"StartTime": 0, "EndTime": 4102444800, "Period": 4102444800 // 60 * 60, "Statistics": ["Sum"]}
    return {
        name: sum(
            point["Sum"]
            for point in statistics(Namespace=names.METRIC_NAMESPACE, MetricName=name, Dimensions=dimensions, **window)[
                "Datapoints"
            ]
        )
        for name in ("MessagesAccepted", "MessagesRefused")
    }


def test_good_records_are_stored_and_bad_ones_refused_with_all_reasons(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    bad = '{"payment_id": "pay_2", "amount": "twelve", "card_last4": "sesame"}'
    event = messages(payment, bad, "{", {"op": "delete", "record": {**payment, "payment_id": "pay_3"}})

    assert handler(event, CONTEXT) == {"batchItemFailures": []}

    items = stored(cloud)
    assert items["pay_1"]["amount"] == {"N": "12.30"}
    assert items["pay_3"]["_deleted"] == {"BOOL": True}
    letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [letter["payload"] for letter in letters] == [bad, "{"]
    rules = {(reason["field"], reason["rule"]) for reason in letters[0]["reasons"]}
    assert {("amount", "type"), ("card_last4", "pattern"), ("customer_id", "required")} <= rules
    assert letters[0]["origin"]["message_id"] == "m1"
    [notification] = received(cloud, "inbox")
    assert notification["Subject"] == "2 payments messages refused"
    assert "sesame" not in notification["Message"]
    assert metrics(cloud) == {"MessagesAccepted": 2.0, "MessagesRefused": 2.0}


def test_redelivery_changes_nothing(cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]) -> None:
    event = messages(payment, {**payment, "updated_at": "2024-01-01T00:00:00Z", "amount": "9.99"})
    handler(event, CONTEXT)
    before = stored(cloud)
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud) == before
    assert before["pay_1"]["amount"] == {"N": "9.99"}
    assert received(cloud, names.inbound_dead_letter_queue("payments")) == []


def test_what_the_api_rejects_is_refused_too(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    moved = {**payment, "created_at": "2020-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}
    assert handler(messages(payment, moved), CONTEXT) == {"batchItemFailures": []}
    [letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [(item["field"], item["rule"]) for item in letter["reasons"]] == [("created_at", "partition_immutable")]
    assert json.loads(letter["payload"]) == moved


def test_another_record_of_a_stored_version_is_refused_and_a_repetition_is_not(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    other = {**payment, "amount": "99.00"}
    assert handler(messages(payment, payment, other), CONTEXT) == {"batchItemFailures": []}
    [letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert json.loads(letter["payload"]) == other
    assert [(item["field"], item["rule"]) for item in letter["reasons"]] == [("updated_at", "version_conflict")]
    assert stored(cloud)["pay_1"]["amount"] == {"N": "12.30"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_when_the_api_does_not_answer_good_messages_stay_and_bad_ones_go(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], endpoint: Endpoint, status: int
) -> None:
    endpoint.statuses = [status]
    assert handler(messages(payment, "{"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert stored(cloud) == {}
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 1
    assert metrics(cloud) == {"MessagesAccepted": 0.0, "MessagesRefused": 1.0}


def test_without_a_token_messages_stay(
    messages: Callable[..., Any], payment: dict[str, Any], endpoint: Endpoint
) -> None:
    endpoint.token_status = 500
    assert handler(messages(payment), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_without_the_secret_messages_stay(cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]) -> None:
    cloud("secretsmanager").put_secret_value(SecretId="machine-client", SecretString="[]")
    assert handler(messages(payment), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    cloud("secretsmanager").delete_secret(SecretId="machine-client", ForceDeleteWithoutRecovery=True)
    assert handler(messages(payment), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_what_is_refused_is_sent_before_anything_is_posted(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """The sandbox ends."""

    def kill(*_: Any) -> None:
        raise KilledError

    monkeypatch.setattr(module.DataApi, "post_batch", kill)
    with pytest.raises(KilledError):
        handler(messages(payment, "{"), CONTEXT)
    assert [letter["payload"] for letter in received(cloud, names.inbound_dead_letter_queue("payments"))] == ["{"]


def test_when_no_time_is_left_good_messages_stay_and_bad_ones_go(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], endpoint: Endpoint
) -> None:
    late = Context()
    late.remaining = int(module.RESERVED_SECONDS * 1000)
    assert handler(messages(payment, "{"), late) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert (endpoint.tokens, endpoint.batches) == (0, [])
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 1
    assert len(received(cloud, "inbox")) == 1


def test_a_dead_letter_moved_back_is_judged_again(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    handler(messages({**payment, "currency": "XXX"}, "{"), CONTEXT)
    letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    letters[0]["payload"] = json.dumps(payment)

    assert handler(messages(*letters), CONTEXT) == {"batchItemFailures": []}

    assert list(stored(cloud)) == ["pay_1"]
    [again] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert {name: again[name] for name in ("payload", "origin", "reasons")} == {
        name: letters[1][name] for name in ("payload", "origin", "reasons")
    }


def test_a_message_that_imitates_a_letter_stops_nobody(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    handler(messages("{"), CONTEXT)
    [letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    imitation = json.dumps(letter | {"payload": "\ud800"})
    assert handler(messages(payment, imitation, "{"), CONTEXT) == {"batchItemFailures": []}
    assert list(stored(cloud)) == ["pay_1"]
    letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [item["payload"] for item in letters] == [imitation, "{"]


def test_a_letter_too_large_for_its_queue_leaves_the_message_and_is_told(
    cloud: Cloud, messages: Callable[..., Any]
) -> None:
    quotes = '{"description": "' + '\\"' * 400_000
    fits = "x" * 700_000
    assert handler(messages(quotes, fits, "{"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [letter["payload"] for letter in letters] == [fits, "{"]
    [notification] = received(cloud, "inbox")
    assert notification["Subject"] == "3 payments messages refused"
    assert metrics(cloud)["MessagesRefused"] == 2.0


def test_nothing_is_refused_by_a_contract_that_has_been_replaced(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler(messages(payment), CONTEXT)
    document = registry_document(CONTRACTS["payments"])
    document["fields"]["colour"] = {"type": "string"}
    document["json_schema"]["properties"]["colour"] = {"type": "string"}
    published = {"entity": {"S": "payments"}, "item": {"S": "schema"}, "version": {"S": "9.0.0"}}
    published["document"] = {"S": json.dumps(document)}
    cloud("dynamodb").put_item(TableName=names.REGISTRY_TABLE, Item=published)
    reads: list[Any] = []
    fresh_schema = SchemaRegistry.fresh_schema
    registry = module._source()._registry

    def counted(self: SchemaRegistry, entity: str) -> EntitySchema:
        reads.append(self)
        return fresh_schema(self, entity)

    monkeypatch.setattr(SchemaRegistry, "fresh_schema", counted)
    coloured = {**payment, "payment_id": "pay_2", "colour": "red"}
    assert handler(messages(coloured, "{", "}"), CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud)["pay_2"]["colour"] == {"S": "red"}
    letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [letter["schema_version"] for letter in letters] == [document["version"]] * 2
    assert reads.count(registry) == 1


def test_without_a_dead_letter_queue_bad_messages_stay_and_raise_no_alert(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    sqs = cloud("sqs")
    url = sqs.get_queue_url(QueueName=names.inbound_dead_letter_queue("payments"))["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    assert handler(messages(payment, "{"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert list(stored(cloud)) == ["pay_1"]
    assert received(cloud, "inbox") == []


def test_a_lost_topic_does_not_stop_the_batch(
    cloud: Cloud, messages: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TXP_ALERTS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:gone")
    assert handler(messages("{"), CONTEXT) == {"batchItemFailures": []}
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 1


def test_alert_and_metrics_fit_into_the_time_that_is_reserved(cloud: Cloud) -> None:
    configs = [cloud(service).meta.config for service in ("sns", "cloudwatch")]
    assert [config.retries["total_max_attempts"] for config in configs] == [1, 1]
    assert sum(config.connect_timeout + config.read_timeout for config in configs) < module.RESERVED_SECONDS


def test_more_refused_messages_than_one_call_to_sqs_takes(cloud: Cloud, messages: Callable[..., Any]) -> None:
    large = ["x" * 100_000 for _ in range(5)]
    assert handler(messages(*(["{"] * 11), *large), CONTEXT) == {"batchItemFailures": []}
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 16
    assert len(received(cloud, "inbox")) == 1


def test_a_queue_without_a_published_contract_raises(messages: Callable[..., Any]) -> None:
    with pytest.raises(UnknownEntityError):
        handler(messages("{}", entity="orders"), CONTEXT)
