"""Payloads of a file that hold objects and lists become the same nested rows as messages do."""

import io
from datetime import date
from decimal import Decimal

from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.object_gate import gate_object
from txplatform.ingest.readers import read_file
from txplatform_tests.contracts.mapping.invoices import invoice, invoices
from txplatform_tests.ingest.mapping.files import lines, reasons
from txplatform_tests.samples.nested import purchases


def test_nested_records_of_a_file_are_exact_and_refused_with_their_place() -> None:
    found = FileMappings([invoices()], {"purchases": purchases()}).of(purchases(), "invoices")
    assert isinstance(found, FileMapping)
    broken = invoice(lines={"data": [{"price": {"id": "a"}, "amount": -1, "currency": "eur"}]})
    data = lines(invoice(raw={"b": [True, "é"], "a": 1}), broken)

    [outcome] = gate_object(purchases(), "s3://lake/day.jsonl", "day.jsonl", io.BytesIO(data), read_file, found)

    assert not isinstance(outcome, FileRejected)
    gate = outcome[1]
    assert reasons(gate) == {2: [("line_items[0].amount", "minimum")]}
    [row] = gate.good.to_dicts()
    first, second = row["line_items"]
    assert (first["sku"], first["amount"], first["discount"]) == ("A-1", Decimal("10.9900"), None)
    assert (second["ships_on"], second["discount"]["amount"]) == (date(2026, 11, 2), Decimal("0.50"))
    assert row["shipping"]["address"]["country"] == "CZ"
    assert row["payload"] == '{"a":1,"b":[true,"é"]}'
