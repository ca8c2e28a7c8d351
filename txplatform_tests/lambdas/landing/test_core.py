"""Which ledger row an object becomes."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.landing.core import NO_VERSION, Landed, ledger_item, parse_notification
from lambdas.shared.errors import MalformedEventError
from txplatform.contracts import names
from txplatform.ledger.file_folders import is_file_folder
from txplatform.ledger.ignored_names import is_ignored
from txplatform.ledger.rows import (
    from_item,
    from_unrecognised_item,
    item_key,
    pending_item,
    unrecognised_partition,
)

ENTITIES = ("payments", "trades")
LANES = {names.RAW_PREFIX: names.Lane.FILES.value, names.CDC_PREFIX: names.Lane.CHANGES.value}


def landed(key: str) -> Landed:
    return Landed("lake", key, "v1", "e", 7, "2026-11-23T09:40:00.123000Z")


def test_a_captured_notification_is_read(event: Callable[[str], Any]) -> None:
    assert list(parse_notification(json.dumps(event("s3_notification")))) == [
        Landed(
            "txplatform-lake-123456789012-us-east-1",
            "raw/payments/dt=2026-11-22/daily file #1.csv.gz",
            "096fKKXTRTtl3on89fVO.nfljtsv6qko",
            "b21b84d653bb07b05b1e6b33684dc11b",
            1305107,
            "2026-11-23T09:40:00.123000Z",
        )
    ]


def test_the_test_event_and_removals_are_no_objects(event: Callable[[str], Any]) -> None:
    assert list(parse_notification(json.dumps(event("s3_test_event")))) == []
    removed = event("s3_notification")
    removed["Records"][0]["eventName"] = "ObjectRemoved:Delete"
    assert list(parse_notification(json.dumps(removed))) == []


DAY = "raw/payments/dt=2026-11-22/"


@pytest.mark.parametrize(
    "key",
    [
        *("raw/", "cdc/payments/", DAY, f"{DAY}deeper/", "raw/payments/dt=2026-11-22_$folder$"),
        *(f"{DAY}_SUCCESS", f"{DAY}.part-0.csv.crc", f"{DAY}part-0.csv.crc", f"{DAY}.DS_Store", f"{DAY}_part.csv"),
        *(f"{DAY}_temporary/0/part-0.csv", "raw/payments/_delta_log/0.json", f"{DAY}.spark-staging-1/a.csv"),
    ],
)
def test_what_is_no_file_by_its_name_is_ignored(key: str) -> None:
    assert landed(key).is_ignored


@pytest.mark.parametrize("name", ["a_b.csv", "a.b.csv", "crc", "part-0.crc.csv", "$folder$", "a#b?c.csv", "-._"])
def test_any_other_name_is_a_file(name: str) -> None:
    assert not landed(DAY + name).is_ignored


@given(st.lists(st.sampled_from(["raw", "/", "_", ".", "crc", "$folder$", "a", "dt=2026-11-22"]), max_size=12))
def test_the_platform_ignores_the_same_names(parts: list[str]) -> None:
    key = "".join(parts)
    assert landed(key).is_ignored == is_ignored(key)


@pytest.mark.parametrize("body", ["", "{", "7", "[]", "{}", '{"Records": [{}]}', '{"Records": [7]}', '{"Records": 7}'])
def test_another_message_is_refused(body: str) -> None:
    with pytest.raises(MalformedEventError):
        list(parse_notification(body))


@given(st.text())
def test_any_body_is_read_or_refused(body: str) -> None:
    with pytest.raises(MalformedEventError):
        list(parse_notification(body))


@pytest.mark.parametrize(("prefix", "lane"), LANES.items())
def test_a_recognised_object_is_pending(prefix: str, lane: str) -> None:
    key = f"{prefix}/payments/dt=2026-11-22/a b.csv"
    assert ledger_item(landed(key), LANES, ENTITIES) == {
        "pk": {"S": f"{lane}#payments"},
        "sk": {"S": f"{key}#v1"},
        "bucket": {"S": "lake"},
        "object_key": {"S": key},
        "version_id": {"S": "v1"},
        "etag": {"S": "e"},
        "size": {"N": "7"},
        "dt": {"S": "2026-11-22"},
        "state": {"S": "PENDING"},
        "pending": {"S": f"{lane}#payments"},
        "landed_at": {"S": "2026-11-23T09:40:00.123000Z"},
        "attempts": {"N": "0"},
    }


def test_a_file_of_a_source_system_is_pending_for_the_entity_of_its_folder() -> None:
    item = ledger_item(landed("raw/payments/source=stripe/dt=2026-11-22/a.jsonl"), LANES, ENTITIES)
    assert (item["pk"], item["dt"], item["state"]) == ({"S": "files#payments"}, {"S": "2026-11-22"}, {"S": "PENDING"})
    assert from_item(item).system == "stripe"


def test_a_file_may_lie_in_the_folder_of_the_version_that_it_was_written_for() -> None:
    item = ledger_item(landed("raw/payments/contract-version=1.2.0/dt=2026-11-22/a.csv"), LANES, ENTITIES)
    assert (item["pk"], item["dt"], item["state"]) == ({"S": "files#payments"}, {"S": "2026-11-22"}, {"S": "PENDING"})
    assert (from_item(item).system, from_item(item).folder_version) == (None, "1.2.0")


@pytest.mark.parametrize("kind", ["", "source=", "contract-version=", "version="])
@pytest.mark.parametrize(
    "name", ["a", "a_1", "a" * 32, "a" * 33, "1.2.0", "0.0.999999999", "1.2", "01.2.0", "1.2.x", ""]
)
def test_folders_are_those_that_the_ledger_lists(kind: str, name: str) -> None:
    item = ledger_item(landed(f"raw/payments/{kind}{name}/dt=2026-11-22/a.csv"), LANES, ENTITIES)
    assert (item["state"] == {"S": "PENDING"}) == is_file_folder(f"{kind}{name}")


@pytest.mark.parametrize(("prefix", "lane"), LANES.items())
def test_a_new_row_is_the_one_that_the_platform_writes_itself(prefix: str, lane: str) -> None:
    item = ledger_item(landed(f"{prefix}/payments/dt=2026-11-22/a b.csv"), LANES, ENTITIES)
    assert item == pending_item(from_item(item))


@pytest.mark.parametrize("char", ["n", "я", "\U0001f600"])
def test_a_row_has_the_same_keys_as_one_of_the_platform(char: str) -> None:
    folder = "raw/payments/dt=2026-11-22/"
    for length in {1, *range((980 - len(folder)) // len(char.encode()), (1024 - len(folder)) // len(char.encode()))}:
        for version, etag in (("v" * 32, "e"), (NO_VERSION, "e" * 32)):
            named = replace(landed(folder + char * length), version_id=version, etag=etag)
            item = ledger_item(named, LANES, ENTITIES)
            assert len(item["sk"]["S"].encode()) <= 1024
            assert item_key(from_item(item)) == {"pk": item["pk"], "sk": item["sk"]}


@pytest.mark.parametrize(
    "key",
    [
        "raw/payments/x.csv",
        "raw/paymnts/dt=2026-11-22/x.csv",
        "raw/payments/dt=2026-02-30/x.csv",
        "raw/payments/dt=2026-11-22/deeper/x.csv",
        "raw/Payments/dt=2026-11-22/x.csv",
        "raw/raw/payments/dt=2026-11-22/x.csv",
        "raw/dt=2026-11-22/x.csv",
        "cdc/x",
        "raw/payments/source=/dt=2026-11-22/x.csv",
        "raw/payments/source=Stripe/dt=2026-11-22/x.csv",
        "raw/payments/source=stripe/x.csv",
        "raw/payments/source=stripe/source=stripe/dt=2026-11-22/x.csv",
        "raw/payments/dt=2026-11-22/source=stripe/x.csv",
        "raw/payments/contract-version=latest/dt=2026-11-22/x.csv",
        "raw/payments/contract-version=1.2/dt=2026-11-22/x.csv",
        "raw/payments/source=stripe/contract-version=1.2.0/dt=2026-11-22/x.csv",
        "cdc/payments/contract-version=1.2.0/dt=2026-11-22/x.jsonl.gz",
        "cdc/payments/source=stripe/dt=2026-11-22/x.jsonl.gz",
    ],
)
def test_what_cannot_be_placed_is_a_failed_row_with_its_reason(key: str) -> None:
    item = ledger_item(landed(key), LANES, ENTITIES)
    assert item["pk"]["S"] in {unrecognised_partition(lane) for lane in names.Lane}
    assert from_unrecognised_item(item).uri == f"s3://lake/{key}?versionId=v1"
    assert item["state"] == {"S": "FAILED"}
    assert "dt=YYYY-MM-DD" in item["reason"]["S"]
    assert not {"pending", "dt"} & item.keys()
