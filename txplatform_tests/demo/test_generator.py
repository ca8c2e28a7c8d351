"""The demo's input is repeatable, varied, and malformed exactly where it is meant to be."""

import csv
import gzip
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.arrow import business_schema
from txplatform.demo.expected import MONEY
from txplatform.demo.files import DroppedFile
from txplatform.demo.generator import Workload, generate
from txplatform.demo.malformed import DEFECTS
from txplatform.demo.messages import Kind, identity

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CONTRACTS = load_contracts()


def workload(seed: int = 1, messages: int = 600, now: datetime = NOW) -> Workload:
    return generate(CONTRACTS, now, seed=seed, messages=messages, days=6)


@pytest.fixture(scope="module")
def made() -> Workload:
    return workload()


def named(made: Workload, story: str) -> DroppedFile:
    return next(file for file in made.history.files if file.story == story)


@pytest.mark.parametrize("minutes", [0, 59])
def test_the_same_seed_makes_the_same_bytes_within_the_hour(made: Workload, minutes: int) -> None:
    again = workload(now=NOW + timedelta(minutes=minutes, seconds=59))
    assert [message.body for message in again.messages] == [message.body for message in made.messages]
    assert [file.body for file in again.history.files] == [file.body for file in made.history.files]
    assert again.expected == made.expected


def test_the_same_seed_makes_the_same_files_all_day(made: Workload) -> None:
    evening = workload(now=NOW + timedelta(hours=13, minutes=59))
    assert [file.body for file in evening.history.files] == [file.body for file in made.history.files]
    assert [message.body for message in evening.messages] != [message.body for message in made.messages]


def test_another_seed_makes_other_input(made: Workload) -> None:
    assert workload(seed=2).messages != made.messages


@pytest.mark.parametrize("count", [50, 333, 1500])
def test_the_number_of_messages_is_the_one_given(count: int) -> None:
    assert len(workload(messages=count).messages) == count


def test_every_kind_of_message_is_sent(made: Workload) -> None:
    kinds = Counter(message.kind for message in made.messages)
    assert set(kinds) == set(Kind)
    assert {message.entity for message in made.messages} == set(MONEY)


def test_some_versions_overtake_older_ones(made: Workload) -> None:
    newest: dict[tuple[str, ...], datetime] = {}
    overtaken = 0
    for message in made.messages:
        if message.record is not None and message.kind is not Kind.DUPLICATED:
            key, version = identity(message.entity, message.record), message.record["updated_at"]
            overtaken += version < newest.get(key, version)
            newest[key] = max(version, newest.get(key, version))
    assert 0 < overtaken < len(made.messages) / 10


def test_a_duplicate_follows_what_it_repeats(made: Workload) -> None:
    bodies: set[str] = set()
    for message in made.messages:
        assert (message.body in bodies) == (message.kind is Kind.DUPLICATED)
        bodies.add(message.body)


def test_every_defect_is_sent_and_nothing_else_is_malformed(made: Workload) -> None:
    kinds = Counter(message.kind for message in made.messages if message.record is None)
    assert kinds == {Kind.MALFORMED: len(DEFECTS), Kind.IGNORED: 600 // 50}
    assert sum(made.expected.refused_messages.values()) == len(DEFECTS)


def test_good_messages_are_json_without_loss(made: Workload) -> None:
    for message in made.messages:
        if message.record is None or message.owner != "payments" or message.operation == "delete":
            continue
        content = json.loads(message.body, parse_float=Decimal)
        content = content.get("record", content)
        assert Decimal(content["amount"]) == message.record["amount"]
        assert content.get("payment_id", content.get("id")) == message.record["payment_id"]


def test_a_record_never_changes_its_partition_field_and_no_version_twice(made: Workload) -> None:
    days: dict[tuple[str, ...], object] = {}
    versions: Counter[tuple[object, ...]] = Counter()
    for message in made.messages:
        if message.record is None:
            continue
        key = identity(message.entity, message.record)
        if message.operation == "upsert":
            field = CONTRACTS[message.entity].partition_field
            assert days.setdefault(key, message.record[field]) == message.record[field]
        if message.kind is not Kind.DUPLICATED:
            versions[(*key, message.record["updated_at"])] += 1
    assert max(versions.values()) == 1


def test_files_hold_their_records(made: Workload) -> None:
    for file in made.history.files:
        if file.name.endswith(".parquet"):
            table = pq.read_table(io.BytesIO(file.body))
            assert table.schema.types == business_schema(CONTRACTS[file.entity]).types
            assert [row["notional"] for row in table.to_pylist()] == [record["notional"] for record in file.records]
        elif file.name == "payments.csv.gz":
            rows = list(csv.DictReader(io.StringIO(gzip.decompress(file.body).decode())))
            assert len(rows) == len(file.records) + file.refused
            assert [Decimal(row["amount"]) for row in rows[: len(file.records)]] == [
                record["amount"] for record in file.records
            ]


def test_accidents_happened_to_files(made: Workload) -> None:
    assert "currency" not in named(made, "a column is missing").body.decode().splitlines()[0].split(",")
    assert named(made, "empty").body == b""
    with pytest.raises(EOFError):
        gzip.decompress(named(made, "the gzip is cut off").body)


def test_the_second_delivery_replaces_the_first(made: Workload) -> None:
    second = made.history.redelivered
    first = next(file for file in made.history.files if file.key == second.key)
    ids = [{record["payment_id"] for record in file.records} for file in (first, second)]
    assert (len(ids[0] - ids[1]), len(ids[1] - ids[0])) == (2, 1)
    kept = {record["payment_id"]: record["amount"] for record in first.records}
    changed = [
        record for record in second.records if kept.get(record["payment_id"], record["amount"]) != record["amount"]
    ]
    assert len(changed) == 5


def test_notional_is_exact(made: Workload) -> None:
    trades = [message.record for message in made.messages if message.entity == "trades" and message.kind is Kind.NEW]
    assert trades
    for record in trades:
        assert record is not None
        assert record["notional"] == record["price"] * record["quantity"]
        assert -record["notional"].as_tuple().exponent <= 18
