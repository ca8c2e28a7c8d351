"""`txplatform sources try`, and `contracts check` with the payloads beside source systems."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from txplatform.cli import goldens
from txplatform.cli.main import main
from txplatform.contracts.keys.example import EXAMPLE, SHOP
from txplatform.contracts.loader import ENTITIES
from txplatform.contracts.mapping.loader import SHIPPED

STRIPE = SHIPPED / "stripe"
CRM = Path(__file__).parents[1] / "samples" / "crm.yaml"
ORDER: dict[str, Any] = {
    "type": "order",
    "order": {"id": "o1", "state": "open", "total": "12,50", "placed": 1680800504},
}


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=text)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder of contracts with a source system of its own: nothing but files."""
    (tmp_path / "sources").mkdir()
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copy(SHOP, tmp_path / "sources")
    return tmp_path


def test_records_are_shown_with_the_ids_of_the_envelopes() -> None:
    result = run("sources", "try", "stripe", str(STRIPE / "payment_intent_event_on_eventbridge.json"))

    assert result.exit_code == 0
    assert "eventbridge c9a1f2d0-6f0b-4c39-9a3f-5d0a2f9b7c11" in result.output
    assert "upsert payments (payment_intent)" in result.output
    assert "20.00" in result.output


def test_objects_and_lists_are_shown_as_json(shop: Path) -> None:
    basket = [{"number": "A-1", "price": "1,50"}, {"number": "B-2", "price": "x"}]
    order = {**ORDER["order"], "basket": basket[:1]}
    payload = {"type": "order", "order": order}

    shown = run("sources", "try", "shop", "-", "--directory", str(shop), text=json.dumps(payload))
    assert '[{"article": "A-1", "price": "1.50"}]' in shown.output
    read = run("sources", "try", "shop", "-", "--json", "--directory", str(shop), text=json.dumps(payload))
    assert json.loads(read.output)["records"][0]["fields"]["lines"] == [{"article": "A-1", "price": "1.50"}]
    payload["order"] = {**order, "basket": basket}
    refused = json.loads(
        run("sources", "try", "shop", "-", "--json", "--directory", str(shop), text=json.dumps(payload)).output
    )
    assert [(item["field"], item["pointer"]) for item in refused["refused"]] == [
        ("lines[1].price", "/order/basket/1/price")
    ]


def test_what_is_ignored_is_no_failure() -> None:
    result = run("sources", "try", "stripe", str(STRIPE / "event_of_a_plan.json"))
    assert (result.exit_code, result.output) == (0, "ignored other_event\n")


def test_reasons_are_shown_and_the_exit_status_is_1() -> None:
    result = run("sources", "try", "stripe", str(STRIPE / "charge_without_customer.json"))
    assert result.exit_code == 1
    assert "/customer" in result.output
    assert "required" in result.output


def test_a_payload_comes_from_standard_input_and_goes_out_as_json(shop: Path) -> None:
    result = run("sources", "try", "shop", "-", "--json", "--directory", str(shop), text=json.dumps([ORDER, {"a": 1}]))

    assert result.exit_code == 1
    shown: dict[str, Any] = json.loads(result.output)
    [record] = shown["records"]
    assert (record["entity"], record["operation"], record["payload"]) == ("orders", "upsert", 0)
    assert record["fields"]["total"] == "12.50"
    assert [(reason["payload"], reason["rule"]) for reason in shown["refused"]] == [(1, "unrecognised")]


def test_of_several_payloads_each_record_and_reason_says_its_own(shop: Path) -> None:
    several, one = [ORDER, {"a": 1}], [ORDER]
    shown = run("sources", "try", "shop", "-", "--directory", str(shop), text=json.dumps(several)).output
    assert "upsert orders (order of payload 0)" in shown
    assert "│ payload 1 │" in shown
    assert "(order)" in run("sources", "try", "shop", "-", "--directory", str(shop), text=json.dumps(one)).output


def test_a_system_of_ones_own_is_one_file_beside_the_contracts(tmp_path: Path) -> None:
    shutil.copy(ENTITIES / "customers.yaml", tmp_path)
    (tmp_path / "sources").mkdir()
    shutil.copy(CRM, tmp_path / "sources")
    erased = {"change": "erased", "number": " K-3 "}
    event = {"export": {"at": "2026-03-02T10:00:00+01:00"}, "accounts": [erased]}

    result = run("sources", "try", "crm", "-", "--json", "--directory", str(tmp_path), text=json.dumps(event))

    assert result.exit_code == 0, result.output
    [record] = json.loads(result.output)["records"]
    assert (record["operation"], record["entity"]) == ("delete", "customers")
    assert record["fields"] == {"customer_id": "K-3", "updated_at": "2026-03-02T09:00:00.000000Z"}
    assert run("contracts", "check", "--directory", str(tmp_path)).exit_code == 0


HOSTILE = "\x1b]0;title\x07\x9b31m\u202e"


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_no_value_of_a_payload_commands_the_terminal(shop: Path, how: tuple[str, ...]) -> None:
    good = {**ORDER, "order": {**ORDER["order"], "id": f"o{HOSTILE}"}}

    shown = run("sources", "try", "shop", "-", "--directory", str(shop), *how, text=json.dumps(good)).output

    assert "title" in shown
    assert all(each.isprintable() or each == "\n" for each in shown)


def test_reasons_beyond_those_that_are_kept_are_counted(shop: Path) -> None:
    text = json.dumps([{"type": "order", "order": {"state": 7}}] * 1_000)
    assert run("sources", "try", "shop", "-", "--directory", str(shop), text=text).output.endswith(" more\n")


@pytest.mark.parametrize("text", ["", "{", "[[", "\x00", "[bold]x", '{"object": "[red]", "id": 1}'])
def test_no_payload_breaks_the_command(text: str) -> None:
    result = run("sources", "try", "stripe", "-", text=text)
    assert result.exit_code == 1
    assert "the payload" in result.output
    assert not isinstance(result.exception, Exception)


def test_a_payload_that_no_queue_takes_and_an_unknown_system_are_named(tmp_path: Path, shop: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff")
    assert "not UTF-8" in run("sources", "try", "stripe", str(tmp_path / "binary")).output
    assert "kraken, salesforce, stripe" in run("sources", "try", "unicorns", "-", text="").output
    (shop / "sources" / "shop.yaml").unlink()
    missing = run("sources", "try", "shop", "-", "--directory", str(shop), text="").output
    assert f"{shop}: there is no source system 'shop'. Remedy: write sources/shop.yaml there" in missing


def test_without_the_functions_libraries_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lambdas.shared.mapping.messages", None)
    result = run("sources", "try", "stripe", "-", text="{}")
    assert result.exit_code == 1
    assert "pip install 'txplatform[lambdas]'" in result.output


def test_payloads_beside_a_system_are_compared_with_what_is_expected(shop: Path) -> None:
    folder = shop / "sources" / "shop"
    folder.mkdir()
    (folder / "order.json").write_text(json.dumps(ORDER))
    check = ("contracts", "check", "--directory", str(shop))
    assert "yields something else than order.expected.json" in run(*check).output
    assert "1 payload as expected" in run(*check, "--update-goldens").output
    assert run(*check).exit_code == 0

    (folder / "order.json").write_text(json.dumps(ORDER).replace("12,50", "12,51"))
    changed = run(*check)
    assert changed.exit_code == 1
    assert '-        "total": "12.50"' in changed.output
    assert '+        "total": "12.51"' in changed.output


def test_a_file_beside_a_system_is_compared_row_by_row(shop: Path) -> None:
    folder = shop / "sources" / "shop"
    folder.mkdir()
    system = shop / "sources" / "shop.yaml"
    system.write_text(
        system.read_text().replace("encoding: utf-8", "encoding: cp1252").replace("over: order\n", "\n", 1)
    )
    (folder / "orders.csv").write_bytes("type;id;state\nping;;\norder;\xf6;paid\n".encode("cp1252"))
    check = ("contracts", "check", "--directory", str(shop))
    assert run(*check, "--update-goldens").exit_code == 0

    expected: dict[str, Any] = json.loads((folder / "orders.expected.json").read_text())
    assert expected["ignored"] == ["ping"]
    assert {reason["row"] for reason in expected["refused"]} == {3}
    assert "invalid_json" not in {reason["rule"] for reason in expected["refused"]}
    (folder / "orders.csv").write_bytes(b"type;id;state\nping;;\n")
    assert "yields something else than orders.expected.json" in run(*check).output


def test_files_that_belong_to_no_payload_are_refused(shop: Path) -> None:
    folder = shop / "sources" / "shop"
    folder.mkdir()
    check = ("contracts", "check", "--update-goldens", "--directory", str(shop))
    (folder / "gone.expected.json").write_text("{}")
    assert "expects something of a payload that is not there" in run(*check).output
    (folder / "gone.json").write_text("{}")
    (folder / "gone.txt").write_text("{}")
    assert "shares its expected file with gone.json" in run(*check).output
    (folder / "gone.txt").unlink()
    (folder / "gone.json").write_bytes(b"\xff")
    assert "is not UTF-8" in run(*check).output


def test_a_long_difference_is_cut(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goldens, "_MOST_LINES", 5)
    (shop / "sources" / "shop").mkdir()
    (shop / "sources" / "shop" / "order.json").write_text(json.dumps(ORDER))
    output = run("contracts", "check", "--directory", str(shop)).output
    assert len([line for line in output.splitlines() if line.startswith(("+", "-", "@"))]) == 5


def test_each_record_of_a_csv_file_is_tried(tmp_path: Path) -> None:
    file = tmp_path / "dump.csv"
    head = "e,s,t,p,q,T,m,M\n"
    file.write_text(
        f"{head}trade,BTCUSDT,7,65000.10,0.002,1700000000123,true,true\ntrade,BTCUSDT,8,x,1,17,true,true\nx\n"
    )

    result = CliRunner().invoke(main, ["sources", "try", "binance", str(file), "--json"])

    assert result.exit_code == 1
    found = json.loads(result.output)
    assert [(record["row"], record["fields"]["trade_id"]) for record in found["records"]] == [(2, "BTCUSDT-7")]
    assert {(reason["row"], reason["field"], reason["rule"]) for reason in found["refused"]} >= {
        (3, "price", "type"),
        (3, "executed_at", "range"),
        (4, "", "row.fields"),
    }
    shown = CliRunner().invoke(main, ["sources", "try", "binance", str(file)])
    assert "row 3" in shown.output


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "dump.parquet"
    file.write_bytes(b"PAR1\0")
    result = CliRunner().invoke(main, ["sources", "try", "binance", str(file)])
    assert result.exit_code == 1
    assert "file.unreadable" in result.output
