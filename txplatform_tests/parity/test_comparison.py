"""What a comparison must not miss: any column, a key that is there twice, a write that never comes."""

from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.parity.canonical import Item
from txplatform.parity.report import Difference, Kind
from txplatform_tests.parity.fakes import Side
from txplatform_tests.parity.stores import TAGS, item_of

CONTRACTS = load_contracts()
VALUES: dict[FieldType, tuple[Any, Any]] = {
    FieldType.STRING: ("a", "b"),
    FieldType.INTEGER: (1, 2),
    FieldType.DECIMAL: ("0.01", "0.02"),
    FieldType.BOOLEAN: (False, True),
    FieldType.DATE: ("2026-01-01", "2026-01-02"),
    FieldType.TIMESTAMP: ("2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000001Z"),
}
COLUMNS = [
    (contract.name, field.name)
    for contract in CONTRACTS.values()
    for field in contract.fields
    if field.name not in contract.key
]
PAYMENTS = CONTRACTS["payments"]


def record(contract: Contract, version: int = 1, **values: Any) -> Item:
    fields = {field.name: VALUES[field.type][0] for field in contract.fields}
    return item_of(contract, fields | values, version)


def key(item: Item) -> str:
    return item["pk"]["S"]


def side(contract: Contract, *moments: tuple[list[Item], list[Item]]) -> Side:
    return Side(
        contract,
        [
            ({key(item): item for item in table}, [(item, f"1|{place}") for place, item in enumerate(view)])
            for table, view in moments
        ],
    )


@pytest.mark.parametrize(("entity", "name"), COLUMNS)
def test_a_difference_in_any_column_is_found(entity: str, name: str) -> None:
    contract = CONTRACTS[entity]
    stored = record(contract)
    assert side(contract, ([stored], [stored])).compare() == ([], 0)
    tag = TAGS.get(contract[name].type, "S")
    value = VALUES[contract[name].type][1]
    other = {**stored, name: {tag: value if tag == "BOOL" else str(value)}}
    absent = {attribute: held for attribute, held in stored.items() if attribute != name}
    for row in (other, absent):
        (found,), _ = side(contract, ([stored], [row])).compare()
        assert (found.kind, found.field) == (Kind.DIFFERENT, name)
        assert (found.expected == "***") is contract[name].personal


def test_a_key_that_is_in_the_lake_twice_is_doubled() -> None:
    """Also if both rows are what they should be, or one of another key is missing at the same time."""
    one, two = record(PAYMENTS, payment_id="one"), record(PAYMENTS, payment_id="two")
    assert side(PAYMENTS, ([one], [one, one])).compare()[0] == [Difference(Kind.DOUBLED, "one")]
    assert set(side(PAYMENTS, ([one, two], [one, one])).compare()[0]) == {
        Difference(Kind.DOUBLED, "one"),
        Difference(Kind.MISSING, "two"),
    }


def test_values_that_change_places_are_found() -> None:
    stored = [record(PAYMENTS, payment_id=name, amount=amount) for name, amount in (("a", "1.00"), ("b", "2.00"))]
    shown = [record(PAYMENTS, payment_id=name, amount=amount) for name, amount in (("b", "1.00"), ("a", "2.00"))]
    assert len(side(PAYMENTS, (stored, shown)).compare()[0]) == 2


def test_a_tombstone_is_not_a_record() -> None:
    gone = {**record(PAYMENTS), "_deleted": {"BOOL": True}}
    assert side(PAYMENTS, ([gone], [])).compare() == ([], 0)
    (found,), _ = side(PAYMENTS, ([gone], [record(PAYMENTS)])).compare()
    assert found.kind is Kind.EXTRA


V1, V2, V3 = (record(PAYMENTS, version, amount=f"{version}.00") for version in (1, 2, 3))


def test_a_write_in_flight_is_waited_for() -> None:
    late = side(PAYMENTS, ([V2], [V1]), ([V2], [V1]), ([V2], [V1]), ([V2], [V2]))
    assert late.compare(grace=60) == ([], 0)
    assert sum(late.slept) < 60, "no longer than it takes"


def test_a_write_that_never_comes_is_a_difference_after_the_grace_period() -> None:
    lost = side(PAYMENTS, ([V2], [V1]))
    (found,), in_flight = lost.compare(grace=60)
    assert (found.kind, found.field, in_flight) == (Kind.DIFFERENT, "amount", 0)
    assert sum(lost.slept) >= 60


def test_a_record_that_is_written_all_the_time_is_in_flight_while_the_lake_follows() -> None:
    """By versions: the moments are of this test, and no item has a clock that matters."""
    writes = [record(PAYMENTS, version, amount=f"{version}.00") for version in range(1, 200)]
    follows = side(PAYMENTS, *(([writes[number * 5 + 7]], [writes[number * 5 + 4]]) for number in range(30)))
    for number, (_, view) in enumerate(follows.moments):
        view[:] = [(view[0][0], f"1|{number}")]  # type: ignore[index]
    assert follows.compare(grace=60) == ([], 1)


def test_a_lake_that_does_not_follow_a_moving_record_differs() -> None:
    writes = [record(PAYMENTS, version, amount=f"{version}.00") for version in range(2, 200)]
    stuck = side(PAYMENTS, *(([write], [V1]) for write in writes))
    (found,), in_flight = stuck.compare(grace=60)
    assert (found.kind, in_flight) == (Kind.DIFFERENT, 0)


def test_a_state_that_the_table_had_proves_that_the_lake_is_behind_and_not_wrong() -> None:
    assert side(PAYMENTS, ([V1], []), ([V2], []), ([V3], [V2])).compare(grace=60) == ([], 1)


def test_a_rewrite_of_the_same_content_is_known_by_its_version() -> None:
    """A → B → A: the lake may still show B while the table shows the same as at the first look."""
    back = record(PAYMENTS, 3, amount="1.00")
    moved = side(PAYMENTS, ([V1], [V2]), ([back], [V2]), ([back], [back]))
    assert moved.compare(grace=60) == ([], 0)


def test_a_deletion_and_a_new_record_in_flight_are_waited_for() -> None:
    gone = {**V2, "_deleted": {"BOOL": True}}
    assert side(PAYMENTS, ([V1], [V1]), ([gone], [V1]), ([gone], [])).compare(grace=60) == ([], 0)
    assert side(PAYMENTS, ([gone], [V1]), ([gone], [V1]), ([gone], [])).compare(grace=60) == ([], 0)
    assert side(PAYMENTS, ([], [V1]), ([V1], [V1])).compare(grace=60) == ([], 0), "written after the scan"


def test_nothing_is_said_while_the_changes_lane_stands_still() -> None:
    stuck = side(PAYMENTS, ([V2], [V1]))
    stuck.pending = frozenset({"s3://lake/cdc/a"})
    assert stuck.compare(grace=60) == ([], 1)


def test_objects_that_come_and_go_hide_no_loss() -> None:
    """A busy lane always has some that are pending."""
    busy = side(PAYMENTS, ([V2], [V1]))
    sleep = busy.sleep

    def pass_time(seconds: float) -> None:
        sleep(seconds)
        busy.pending = frozenset({f"s3://lake/cdc/{busy.now}"})

    busy.sleep = pass_time  # type: ignore[method-assign]
    (found,), in_flight = busy.compare(grace=60)
    assert (found.kind, in_flight) == (Kind.DIFFERENT, 0)
