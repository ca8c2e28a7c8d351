"""Records that change their place: each row of a record says alone what is where it lies."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cdc.core import Change, parse_change, render_line, render_undecodable
from lambdas.shared.errors import DecodeError
from lambdas.shared.items import encode_record
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.row_gate import validate_rows
from txplatform.lake.system_columns import change_rows
from txplatform.ledger import LandedObject
from txplatform_tests.ingest.whole import read_changes
from txplatform_tests.lake_stand import payment
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

CONTRACT, SCHEMA = CONTRACTS["payments"], SCHEMAS["payments"]
ITEM = LandedObject(
    lane=Lane.CHANGES,
    entity="payments",
    bucket="lake",
    object_key="cdc/payments/dt=2026-11-01/a.jsonl",
    version_id="1",
    etag="",
    size=1,
    landed_at=datetime(2026, 11, 1, tzinfo=UTC),
    dt=datetime(2026, 11, 1, tzinfo=UTC).date(),
)
DAYS = [f"2026-01-0{day}T00:00:00.000000Z" for day in (1, 2, 3)]


def _image(key: str, created_at: str, status: str, amount: str, deleted: bool) -> dict[str, Any]:
    item = encode_record(SCHEMA, payment(key, created_at=created_at, status=status)) | {"pk": {"S": "p1"}}
    item["amount"] = {"N": amount}
    return item | ({"_deleted": {"BOOL": True}} if deleted else {})


IMAGES = st.none() | st.builds(
    _image,
    key=st.sampled_from(["p1", "p1", "p2"]),  # a console changes whatever it likes
    created_at=st.sampled_from([*DAYS, "yesterday"]),
    status=st.sampled_from(["captured", "refunded", "lost"]),  # the last is no status: the lake refuses it
    amount=st.sampled_from(["1.00", "1.234"]),  # the last has too many digits: the function cannot decode it
    deleted=st.booleans(),
)


def _change(number: int, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Change:
    operation = "REMOVE" if new is None else "INSERT" if old is None else "MODIFY"
    images = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image is not None}
    record = {
        "eventName": operation,
        "eventSourceARN": f"arn:aws:dynamodb:eu-west-1:1:table/{names.entity_table('payments')}/stream/x",
        "dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": 1793491200 + number, **images},
    }
    return parse_change(record, names.entity_table(names.ENTITY_SLOT))


def _line(change: Change) -> str:
    try:
        return render_line(SCHEMA, 1, change).text
    except DecodeError as error:
        return render_undecodable(SCHEMA, 1, change, error).text


def _rows(lines: list[str]) -> pl.DataFrame:
    batch = read_changes("\n".join(lines).encode(), CONTRACT)
    assert isinstance(batch, RawBatch)
    return change_rows(ITEM, batch, validate_rows(CONTRACT, batch))


def _live(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The live rows, when the newest one of each key and partition value decides by itself."""
    place = [*CONTRACT.key, CONTRACT.partition_field]
    newest = rows.sort("_order_key").unique(place, keep="last")
    assert rows.height == rows.unique([*place, "_order_key"]).height, "rows of one place tie"
    return newest.filter(~pl.col("_deleted")).to_dicts()


def _fits(image: dict[str, Any]) -> bool:
    return (image["amount"], image["status"]["S"] != "lost", image["created_at"]["S"] in DAYS) == (
        {"N": "1.00"},
        True,
        True,
    )


@given(st.lists(IMAGES, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_newest_row_of_a_place_decides_alone_and_one_place_is_live(images: list[Any], random: Any) -> None:
    states = [None, *images]
    changes = [
        _change(number, old, new)
        for number, (old, new) in enumerate(zip(states, images, strict=False))
        if old != new  # a stream has no record of a write that changes nothing
    ]
    lines = [_line(change) for change in changes]
    random.shuffle(lines)
    live = _live(_rows(lines)) if lines else []
    assert len(live) <= 1
    last = images[-1]
    if last is None or _fits(last):
        held = [] if last is None or "_deleted" in last else [(last["payment_id"]["S"], last["status"]["S"])]
        assert [(row["payment_id"], row["status"]) for row in live] == held


def test_a_record_made_again_elsewhere_leaves_a_tombstone_behind() -> None:
    old, new = _image("p1", DAYS[0], "captured", "1.00", True), _image("p1", DAYS[1], "captured", "1.00", False)
    line = json.loads(_line(_change(7, old, new)))
    assert line["previous"] == {"payment_id": "p1", "created_at": DAYS[0]}
    rows = _rows([json.dumps(line)])
    assert rows.select("created_at", "amount", "_deleted", "_row", "_source").rows() == [
        (datetime(2026, 1, 2, tzinfo=UTC), rows["amount"][0], False, 1, ITEM.uri),
        (datetime(2026, 1, 1, tzinfo=UTC), None, True, 1, ITEM.uri),
    ]
    assert rows["_order_key"].unique().to_list() == [line["order_key"]]


def test_a_refused_change_leaves_its_former_place_all_the_same() -> None:
    old, new = _image("p1", DAYS[0], "captured", "1.00", False), _image("p1", DAYS[1], "captured", "1.234", False)
    batch = read_changes(_line(_change(7, old, new)).encode(), CONTRACT)
    assert isinstance(batch, RawBatch)
    assert batch.broken["rule"].to_list() == ["row.undecodable"]
    assert change_rows(ITEM, batch, validate_rows(CONTRACT, batch)).select("created_at", "_deleted").rows() == [
        (datetime(2026, 1, 1, tzinfo=UTC), True)
    ]


def test_a_place_that_cannot_be_read_refuses_no_change() -> None:
    new = _image("p1", DAYS[1], "captured", "1.00", False)
    for old in ({"pk": {"S": "p1"}}, _image("p1", "yesterday", "captured", "1.00", False), new | {"created_at": None}):
        line = json.loads(_line(_change(7, old, new)))
        assert "previous" not in line
        assert line["record"]["payment_id"] == "p1"


def test_another_notation_of_a_place_is_the_same_place() -> None:
    old = _image("p1", "2026-01-01T01:00:00+01:00", "captured", "1.00", False)
    assert "previous" not in json.loads(_line(_change(7, old, _image("p1", DAYS[0], "captured", "1.00", False))))


def test_an_incomplete_former_place_is_not_of_the_function() -> None:
    line = json.loads(_line(_change(7, None, _image("p1", DAYS[0], "captured", "1.00", False))))
    batch = read_changes(json.dumps(line | {"previous": {"payment_id": "p1"}}).encode(), CONTRACT)
    assert isinstance(batch, RawBatch)
    assert batch.broken["rule"].to_list() == ["row.envelope"]
    assert batch.frame.is_empty()
