"""Files of source systems in the lake: a system of one YAML file, its rows, its refusals, and days delivered again."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.mapping.loader import FOLDER, load_systems
from txplatform.contracts.names import Lane
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ledger.file_folders import folder_prefix
from txplatform_tests.ingest.mapping.files import SYSTEMS, golden, lines
from txplatform_tests.lake_stand import BUCKET, Stand

CRM = Path(__file__).parents[1] / "samples" / "crm.yaml"
DAY = date(2026, 3, 2)
HEADER = "customer_no;first;last;mail;town;country;tier;open_items;newsletter;entered_at;exported_at"


def account(number: str, items: str = "1.234,50", tier: str = "C") -> str:
    return f"{number};Ada;Lovelace;n/a;London;gb;{tier};{items};ja;02.03.2026 09:30;2026-03-02T10:00:00+01:00"


def export(*accounts: str) -> str:
    return "\n".join([HEADER, *accounts, ""])


@pytest.fixture
def customers(credentials: None) -> Stand:
    return Stand.of("customers")


@pytest.fixture
def crm(customers: Stand, tmp_path: Path) -> FileMappings:
    """The one file of a folder, for the entity of this test."""
    (tmp_path / FOLDER).mkdir()
    entity = customers.contract.name
    (tmp_path / FOLDER / "crm.yaml").write_text(CRM.read_text().replace("entity: customers", f"entity: {entity}"))
    contracts = {entity: customers.contract}
    return FileMappings(load_systems(contracts, tmp_path).values(), contracts)


def balances(stand: Stand) -> dict[str, Decimal]:
    return {row["customer_id"]: row["balance"] for row in stand.view("customer_id, balance")}


def test_a_csv_export_and_a_json_event_are_rows_of_one_table(customers: Stand, crm: FileMappings) -> None:
    entered = {
        "change": "entered", "number": "K-9", "person": {"first": "Grace", "last": "Hopper"}, "mail": "",
        "address": {"line": "1 Mill Lane", "town": "London", "country": "gb"}, "tier": "A", "open_items": "7,00",
        "newsletter": "nein", "entered_at": "2026-03-02T09:30:00+01:00",
    }  # fmt: skip
    event = {"export": {"at": "2026-03-02T10:00:00Z"}, "accounts": [entered, {"change": "erased", "number": "K-1"}]}
    empty = {"export": {"at": "2026-03-02T10:00:00Z"}, "accounts": []}
    accounts = (account(" K-1 "), account("K-2", "x"), account("K-3", tier="Z"))
    customers.put_file(DAY, "accounts.csv", export(*accounts), "crm")
    customers.put_file(DAY, "events.jsonl", f"{json.dumps(event)}\n{json.dumps(empty)}\n", "crm")

    report = customers.ingest_files(DAY, mappings=crm)

    assert balances(customers) == {"K-1": Decimal("1234.50"), "K-9": Decimal("7.00")}
    (stored,) = [row for row in customers.view() if row["customer_id"] == "K-1"]
    assert (stored["name"], stored["country"], stored["email"]) == ("Ada Lovelace", "GB", None)
    assert stored["created_at"].isoformat().startswith("2026-03-02T08:30:00")
    quarantined = {
        (row["source"].rpartition("/")[2].partition("?")[0], row["row"]): (
            row["payload"], [(reason["field"], reason["rule"]) for reason in row["reasons"]],
        )
        for row in customers.quarantine()
    }  # fmt: skip
    assert quarantined == {
        ("accounts.csv", 3): (account("K-2", "x"), [("balance", "format")]),
        ("accounts.csv", 4): (account("K-3", tier="Z"), [("segment", "enum")]),
        ("events.jsonl", 1): (json.dumps(event), [("", "file.delete")]),
    }
    (day,) = report.days
    assert day.mapped
    assert (day.mapped.accepted, day.mapped.refused, day.mapped.ignored) == (1, 3, {"nothing_changed": 1})
    assert day.mapped.records == 5
    assert customers.ledger.pending(Lane.FILES, customers.contract.name) == []


def test_a_day_of_a_system_is_delivered_again_as_any_other(customers: Stand, crm: FileMappings) -> None:
    customers.put_file(DAY, "a.csv", export(account("K-1"), account("K-2"), account("K-3")), "crm")
    customers.ingest_files(DAY, mappings=crm)
    customers.fold()
    customers.put_file(DAY, "a.csv", export(account("K-1", "2,00"), account("K-2")), "crm")

    for _ in range(2):
        report = customers.ingest_files(DAY, mappings=crm)
        assert [(day.rows, day.tombstones) for day in report.days] == [(2, 1)]
        assert balances(customers) == {"K-1": Decimal("2.00"), "K-2": Decimal("1234.50")}

    customers.put_file(DAY, "a.csv", "another;file\n1;2\n", "crm")
    report = customers.ingest_files(DAY, mappings=crm)
    assert report.days[0].reasons == {":file.unrecognised": 1}
    assert balances(customers) == {"K-1": Decimal("2.00"), "K-2": Decimal("1234.50")}, "nothing is deleted"


def test_a_record_whose_key_is_not_read_keeps_its_state_beside_one_of_several_keys(credentials: None) -> None:
    """Of one refused record two keys are read and of the other none: as many keys as records, and one is missing."""
    trades = Stand.of("trades")
    records = tuple(replace(rule, entity=trades.contract.name) for rule in SYSTEMS["binance"].records)
    mappings = FileMappings([replace(SYSTEMS["binance"], records=records)], {trades.contract.name: trades.contract})
    answer = golden("binance", "rest_trades")

    def delivered(price: str, others: str) -> bytes:
        other = {**answer["trades"][0], "id": 7, "price": others}
        both = [{**trade, "price": price} for trade in answer["trades"]]
        return lines({**answer, "trades": both}, {**answer, "trades": [other]})

    trades.put_file(DAY, "answers.jsonl", delivered("1.5", "2.5"), "binance")
    assert trades.ingest_files(DAY, mappings=mappings).rows == 3
    before = trades.view("trade_id")

    trades.put_file(DAY, "answers.jsonl", delivered("-1.5", "x"), "binance")
    report = trades.ingest_files(DAY, mappings=mappings)

    assert (report.rows, report.refused, report.days[0].tombstones) == (0, 2, 0)
    assert trades.view("trade_id") == before


def test_the_later_of_two_records_of_one_line_wins(customers: Stand, crm: FileMappings) -> None:
    def entered(items: str) -> dict[str, Any]:
        return {
            "change": "entered", "number": "K-1", "person": {"first": "A", "last": "B"}, "tier": "A",
            "open_items": items, "newsletter": "ja", "entered_at": "2026-03-02T09:30:00Z",
        }  # fmt: skip

    event = {"export": {"at": "2026-03-02T10:00:00Z"}, "accounts": [entered("9,00"), entered("1,00")]}
    customers.put_file(DAY, "events.jsonl", json.dumps(event), "crm")
    customers.ingest_files(DAY, mappings=crm)
    assert balances(customers) == {"K-1": Decimal("1.00")}
    customers.fold()
    assert balances(customers) == {"K-1": Decimal("1.00")}


def test_files_in_no_folder_are_of_the_default_source(customers: Stand, crm: FileMappings) -> None:
    customers.contract = replace(customers.contract, default_source="crm")
    customers.put_file(DAY, "a.csv", export(account("K-1")))
    customers.ingest_files(DAY, mappings=crm)
    assert balances(customers) == {"K-1": Decimal("1234.50")}


def test_a_file_of_a_system_that_is_not_there_is_refused_and_said(customers: Stand) -> None:
    customers.put_file(DAY, "a.csv", export(account("K-1")), "crm")
    report = customers.ingest_files(DAY)
    assert report.days[0].reasons == {":file.unknown_source": 1}
    (row,) = customers.quarantine()
    assert row["source"].startswith(f"s3://{BUCKET}/{folder_prefix(Lane.FILES, customers.contract.name, 'source=crm')}")
    assert customers.alerts() == [f"{customers.contract.name}: 1 row refused (files)"]
