"""Any record that a shipped system can tell of comes back unchanged from its payload; each mutation is named."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.engine import map_payload
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.mapping import mapping_document
from txplatform_tests.contracts.sources.conftest import Read
from txplatform_tests.contracts.sources.fix_messages import SOH, fix_message
from txplatform_tests.contracts.sources.shapes import (
    BINANCE,
    COINBASE,
    CONTRACTS,
    CUSTOMERS,
    SALESFORCE,
    Record,
    binance_dump,
    binance_stream,
    coinbase_match,
    fix_fields,
    fix_text,
    fix_trades,
    json_of,
    salesforce_contact,
    salesforce_event,
)

ACCOUNTS = SystemMapping.parse(loads(dumps(mapping_document(load_systems(CONTRACTS)["salesforce"]))))
FEW = settings(max_examples=20)  # of each mutation: the values that it tries are few
Rendering = Callable[[Record], tuple[dict[str, Any], Record]]

TRADES: dict[str, tuple[str, st.SearchStrategy[Record], Rendering]] = {
    "binance stream": ("binance", BINANCE, binance_stream),
    "binance dump": ("binance", BINANCE, binance_dump),
    "coinbase match": ("coinbase", COINBASE, coinbase_match),
}


def only(yielded: dict[str, Any]) -> Record:
    """The one record that is upserted, where nothing is refused or ignored."""
    assert (yielded["refused"], yielded["ignored"]) == ([], [])
    [record] = yielded["records"]
    assert record["operation"] == "upsert"
    return record["fields"]


@pytest.mark.parametrize(("system", "records", "render"), TRADES.values(), ids=TRADES.keys())
@given(data=st.data())
def test_a_trade_comes_back(
    read: Read, system: str, records: st.SearchStrategy[Record], render: Rendering, data: st.DataObject
) -> None:
    payload, expected = render(data.draw(records))

    assert only(read(system, dumps(payload))) == expected


@given(record=fix_trades(), separator=st.sampled_from([SOH, "|"]))
def test_an_execution_comes_back(read: Read, record: Record, separator: str) -> None:
    assert only(read("fix", fix_text(fix_fields(record), separator))) == record


@given(record=CUSTOMERS, change=st.sampled_from(["CREATE", "UNDELETE"]))
def test_an_account_comes_back(read: Read, record: Record, change: str) -> None:
    account = {**record, "marketing_opt_in": False}

    assert only(read("salesforce", json_of(salesforce_event(account, change)))) == account


@given(record=CUSTOMERS)
def test_a_contact_comes_back(read: Read, record: Record) -> None:
    record = {name: value for name, value in record.items() if not name.startswith("source_")}  # the REST API has none

    end_of_second = f"{record['updated_at'][:-8]}.999999Z"  # it outranks the events of its second

    assert only(read("salesforce", json_of(salesforce_contact(record)))) == {**record, "updated_at": end_of_second}


@given(record=CUSTOMERS, data=st.data())
def test_an_update_changes_what_the_event_says_and_nothing_else(record: Record, data: st.DataObject) -> None:
    changed, emptied = (data.draw(st.sets(st.sampled_from(sorted(SALESFORCE)))) for _ in range(2))
    emptied -= {"created_at", "name", *changed}
    kept = {name: value for name, value in record.items() if name in changed}
    always = {"customer_id", "updated_at", "source_commit", "source_sequence"}
    said = {name: value for name, value in record.items() if name in always} | kept | dict.fromkeys(emptied)
    unchanged = dict.fromkeys(SALESFORCE.keys() - said.keys())  # the Pub/Sub API tells them as null
    names = [SALESFORCE[name] for name in (*kept, *emptied)]

    mapped = map_payload(ACCOUNTS, loads(json_of(salesforce_event({**said, **unchanged}, "UPDATE", names))))

    [patch] = mapped.records
    assert (patch.operation, patch.refused) == ("patch", ())
    as_new = {"segment": "small_business", "status": "active", "balance": "0"}
    said |= {name: as_new[name] for name in emptied & as_new.keys()}
    assert {name: str(value) for name, value in patch.fields.items()} == {
        name: str(value) for name, value in said.items()
    }


# What of a payload each of its names is read into, and values that it cannot have.
MUTATIONS: dict[str, dict[str, tuple[set[str], list[Any]]]] = {
    "binance stream": {
        "s": ({"trade_id", "symbol", "currency"}, [None, 7, "USDT", "BTCUSD", ["BTCUSDT"]]),
        "t": ({"trade_id"}, [None, {}, True]),
        "p": ({"price", "notional"}, [None, "1e3", "-1", "0", {}, "0.00000000001"]),
        "q": ({"quantity", "notional"}, [None, "NaN", "0", True, "0.00000000001"]),
        "T": ({"executed_at", "updated_at"}, [None, "now", True, 0, 10**15, 1672515782]),
        "m": ({"side"}, [None, "buy", 1, []]),
    },
    "coinbase match": {
        "product_id": ({"trade_id", "symbol", "currency"}, [None, 7, "BTCUSD", "-"]),
        "trade_id": ({"trade_id"}, [None, {}, True]),
        "side": ({"side"}, [None, "maker", 1]),
        "price": ({"price", "notional"}, [None, "x", "-1", []]),
        "size": ({"quantity", "notional"}, [None, "x", "0", {}]),
        "time": ({"executed_at", "updated_at"}, [None, "2014-11-07", "2014-11-07T08:19:27", 7, "1970-01-01T00:00:00Z"]),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "name"), [(shape, name) for shape, names in MUTATIONS.items() for name in names], ids=str
)
@FEW
@given(data=st.data())
def test_a_mutation_is_refused_and_names_its_fields(read: Read, shape: str, name: str, data: st.DataObject) -> None:
    system, records, render = TRADES[shape]
    fields, wrong = MUTATIONS[shape][name]
    payload, _ = render(data.draw(records))
    payload[name] = data.draw(st.sampled_from(wrong))

    yielded = read(system, dumps(payload))

    assert yielded["records"] == []
    named = {reason["field"] for reason in yielded["refused"]}
    assert named
    assert named <= fields


FIX_MUTATIONS: dict[int, tuple[set[str], list[str | None]]] = {
    17: ({"trade_id"}, [None, "x" * 65]),
    31: ({"price", "notional"}, [None, "1e3", "0", "-1", "1,5"]),
    32: ({"quantity", "notional"}, [None, "0", "ten"]),
    15: ({"currency"}, [None, "eu", "EURO-1"]),
    54: ({"side"}, [None, "7", "B"]),
    55: ({"symbol"}, [None, "A B", "x" * 33]),
    60: ({"executed_at", "updated_at"}, [None, "20240105", "20241305-10:00:00", "2024-01-05T10:00:00Z"]),
    64: ({"settlement_date"}, ["2024-01-09", "20240230"]),
    49: ({"venue"}, [None, "A B", "x" * 33]),
}


@pytest.mark.parametrize("tag", FIX_MUTATIONS)
@FEW
@given(record=fix_trades(), data=st.data())
def test_a_mutation_of_a_report_is_refused_and_names_its_fields(
    read: Read, tag: int, record: Record, data: st.DataObject
) -> None:
    fields, wrong = FIX_MUTATIONS[tag]
    value = data.draw(st.sampled_from(wrong))
    mutated = {name: text for name, text in {**fix_fields(record), tag: value}.items() if text is not None}

    yielded = read("fix", fix_text(mutated))

    assert yielded["records"] == []
    named = {reason["field"] for reason in yielded["refused"]}
    assert named
    assert named <= fields


TAGS = [
    8,
    9,
    10,
    12,
    13,
    15,
    17,
    19,
    31,
    32,
    35,
    40,
    43,
    49,
    52,
    54,
    55,
    60,
    64,
    95,
    96,
    122,
    150,
    442,
    448,
    453,
    479,
    851,
]


@given(
    record=fix_trades(),
    more=st.lists(st.tuples(st.sampled_from(TAGS), st.text(max_size=8) | st.sampled_from("8FGH/."))),
)
def test_a_report_of_any_fields_is_mapped_refused_or_ignored(
    read: Read, record: Record, more: list[tuple[int, str]]
) -> None:
    yielded = read("fix", fix_message([*{**fix_fields(record), **dict(more)}.items(), *more[:1]]))

    assert yielded["records"] or yielded["refused"] or yielded["ignored"]
    assert "expression" not in {reason["rule"] for reason in yielded["refused"]}
