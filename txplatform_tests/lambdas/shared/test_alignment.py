"""A source's record is aligned with its contract; what cannot be aligned is left for validation to refuse."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.alignment import align
from lambdas.shared.schema import EntitySchema

DOCUMENT: dict[str, Any] = {
    "entity": "things",
    "version": "1.0.0",
    "key": ["thing"],
    "partition_field": "made",
    "version_field": "made",
    "json_schema": {},
    "fields": {
        "thing": {"type": "string", "aliases": ["id", "meta.id"]},
        "made": {"type": "timestamp", "epoch": "seconds"},
        "seen": {"type": "timestamp", "epoch": "milliseconds"},
        "state": {"type": "string", "case": "lower", "values": {"OK": "good", "fine": "good", "7": "odd"}},
        "currency": {"type": "string", "case": "upper"},
        "block": {"type": "boolean", "default": "false", "values": {"1": "true", "y": "true"}},
        "count": {"type": "integer", "default": "3"},
    },
}
SCHEMA = EntitySchema.parse(DOCUMENT)


@pytest.mark.parametrize(
    ("given", "aligned"),
    [
        ({"id": "a"}, {"thing": "a"}),
        ({"meta": {"id": "a"}}, {"thing": "a"}),
        ({"meta": {"id": "a", "more": 1}}, {"thing": "a", "meta": {"more": 1}}),
        ({"thing": "own", "id": "alias"}, {"thing": "own", "id": "alias"}),
        ({"thing": None, "id": "alias"}, {"thing": "alias"}),
        ({"meta": "a"}, {"meta": "a"}),
        ({"meta": None}, {}),
        ({"meta": {}}, {}),
        ({"meta": {"id": None}}, {}),
        ({"meta": {"id": None, "more": 1}}, {"meta": {"more": 1}}),
        ({"meta": {"id": None, "more": None}}, {"meta": {"more": None}}),
        ({"id": None, "meta": {"id": "a"}}, {"thing": "a"}),
        ({"thing": "own", "id": None, "meta": {"id": None}}, {"thing": "own"}),
        ({"thing": "own", "meta": {"id": "alias"}}, {"thing": "own", "meta": {"id": "alias"}}),
        ({"unknown": None}, {"unknown": None}),
        ({"made": 1700000000}, {"made": "2023-11-14T22:13:20.000000Z"}),
        ({"made": Decimal("1688992722.123456")}, {"made": "2023-07-10T12:38:42.123456Z"}),
        ({"made": Decimal("-0.5")}, {"made": "1969-12-31T23:59:59.500000Z"}),
        ({"made": Decimal("1.0000001")}, {"made": "1970-01-01T00:00:01.000000Z"}),
        ({"made": Decimal("1E+999999")}, {"made": Decimal("1E+999999")}),
        ({"made": Decimal("1E-999999")}, {"made": "1970-01-01T00:00:00.000000Z"}),
        pytest.param({"made": 10**4000}, {"made": 10**4000}, id="beyond-any-calendar"),
        ({"made": "2026-01-01T00:00:00Z"}, {"made": "2026-01-01T00:00:00Z"}),
        ({"seen": 1700000000123}, {"seen": "2023-11-14T22:13:20.123000Z"}),
        ({"state": "OK"}, {"state": "good"}),
        ({"state": "FINE"}, {"state": "good"}),
        ({"state": "Other"}, {"state": "other"}),
        ({"state": 7}, {"state": "odd"}),
        ({"currency": "eur"}, {"currency": "EUR"}),
        ({"block": 1}, {"block": True}),
        ({"block": "y"}, {"block": True}),
        ({"block": None}, {"block": False}),
        ({"count": None}, {"count": 3}),
        ({"unknown": [1]}, {"unknown": [1]}),
    ],
)
def test_align(given: dict[str, Any], aligned: dict[str, Any]) -> None:
    before = repr(given)
    assert align(SCHEMA, given) == {"block": False, "count": 3, **aligned}
    assert repr(given) == before


TEXTS = st.none() | st.text(max_size=3)


@given(
    st.fixed_dictionaries(
        {}, optional={"thing": TEXTS, "id": TEXTS, "meta": st.none() | st.dictionaries(st.just("id"), TEXTS)}
    )
)
def test_null_equals_absent(record: dict[str, Any]) -> None:
    meta = {name: value for name, value in (record.get("meta") or {}).items() if value is not None}
    said = {name: value for name, value in (record | {"meta": meta or None}).items() if value is not None}
    aligned = align(SCHEMA, record)
    assert {name: value for name, value in aligned.items() if value is not None} == align(SCHEMA, said)
    assert all(name in SCHEMA.fields for name, value in aligned.items() if value is None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "x"]), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*DOCUMENT["fields"], "id", "meta", "x"]), JSON))
def test_align_takes_anything_and_a_second_pass_changes_nothing(record: dict[str, Any]) -> None:
    once = align(SCHEMA, record)
    assert set(align(SCHEMA, once)) == set(once)
