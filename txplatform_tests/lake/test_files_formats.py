"""Files of every format on their way to the query."""

import json
from datetime import date
from decimal import Decimal

from txplatform_tests.ingest.packed import PACKED, archive, avro, text, workbook
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


def test_files_of_any_format_reach_the_query(stand: Stand) -> None:
    rows = [payment(f"p{number}", f"{number}.10") for number in range(1, 7)]
    first, second = (csv_of([row]).encode() for row in rows[:2])
    stand.put_file(DAY, "a.data", PACKED["zstd"](first))
    stand.put_file(DAY, "b.json", archive({"1.csv": second, "2.jsonl": json.dumps(rows[2]).encode()}))
    stand.put_file(DAY, "c.csv", workbook([*map(text, rows[3])], [*map(text, rows[3].values())]))
    stand.put_file(DAY, "d", avro(dict.fromkeys(rows[4], "string"), rows[4:5]))
    stand.put_file(DAY, "e.txt", json.dumps(rows[5:], indent=1))
    done = stand.ingest_files(DAY)
    assert [(day.rows, day.refused) for day in done.days] == [(6, 0)]
    amounts = {row["payment_id"]: row["amount"] for row in stand.view("payment_id, amount")}
    assert amounts == {f"p{number}": Decimal(f"{number}.10") for number in range(1, 7)}
