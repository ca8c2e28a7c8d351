"""The quarantine table as the checks of both lanes query it."""

import gzip
import json
from datetime import date, timedelta

import polars as pl
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.lake.quarantine import alert_refused, quarantine_rows, refusal, refused_since
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)


def test_refusals_are_counted_by_lane_and_moment_until_the_file_is_corrected(stand: Stand) -> None:
    entity, start = stand.contract.name, utc_now() - timedelta(seconds=1)
    stand.put_changes("one", [(1, payment("p1", status="odd"), False), (2, payment("p2"), False)])
    stand.ingest_changes()
    stand.put_file(DAY, "a.csv", csv_of([payment("p3", status="odd"), payment("p4", status="odd")]))
    stand.put_file(NEXT, "a.csv", csv_of([payment("p5")]))
    stand.ingest_files(DAY)
    stand.ingest_files(NEXT)
    assert refused_since(stand.lake, entity, Lane.CHANGES, start) == 1
    assert refused_since(stand.lake, entity, Lane.FILES, start) == 2
    assert refused_since(stand.lake, entity, Lane.FILES, utc_now()) == 0
    stand.put_file(DAY, "a.csv", csv_of([payment("p3"), payment("p4")]))
    stand.ingest_files(DAY)
    assert refused_since(stand.lake, entity, Lane.FILES, start) == 0


def test_refused_changes_keep_their_correlation_id(stand: Stand) -> None:
    odd = payment("p1", status="odd")
    lines = [
        {"trace_id": "trace-1"} | stand.envelope(1, odd),
        {"trace_id": "trace-2", "undecodable": "attribute 'amount' is not a number"}
        | {name: value for name, value in stand.envelope(2, odd).items() if name != "record"},
        {"trace_id": "not acceptable"} | stand.envelope(3, odd),
        {"trace_id": None} | stand.envelope(4, payment("p2", status='","trace_id":"forged","', trace_id="jane.doe")),
        {"trace_id": "trace-5"} | stand.envelope(5, payment("p3")),
    ]
    texts = [json.dumps(line, separators=(",", ":")) for line in lines]
    stand.put_raw_changes("a.jsonl.gz", gzip.compress("\n".join([*texts, "{"]).encode(), mtime=0))
    stand.put_file(DAY, "a.csv", csv_of([payment("p4", status="odd")]))
    stand.ingest_changes()
    stand.ingest_files(DAY)
    found = {(row["lane"], row["row"]): row["trace_id"] for row in stand.quarantine()}
    assert found == {
        ("changes", 1): "trace-1",
        ("changes", 2): "trace-2",
        ("changes", 3): None,
        ("changes", 4): None,
        ("changes", 6): None,
        ("files", 2): None,
    }


@pytest.mark.parametrize(
    ("lane", "ids", "shown"),
    [
        (Lane.CHANGES, ["trace-1", "trace-2", "trace-1"], ["Correlation ids:", "  trace-1", "  trace-2"]),
        (
            Lane.CHANGES,
            [f"t{n}" for n in range(23)],
            ["Correlation ids:", *(f"  t{n}" for n in range(20)), "  and 3 more"],
        ),
        (Lane.CHANGES, ["ada@example.com"], []),
        (Lane.FILES, ["trace-1"], []),
    ],
)
def test_an_alert_names_the_correlation_ids_of_refused_changes(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, lane: Lane, ids: list[str], shown: list[str]
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(type(stand.topic), "publish", lambda _, __, lines: sent.extend(lines))
    item = stand.land("one")[0]
    rows = [{"row": n, "payload": f'{{"trace_id":"{text}"}}', "reasons": []} for n, text in enumerate(ids)]
    refused = refusal(lane, item, DAY, pl.DataFrame(rows, schema=REFUSED_SCHEMA))
    alert_refused(stand.topic, "payments", lane, [refused])
    start = sent.index("Correlation ids:") if "Correlation ids:" in sent else len(sent)
    assert sent[start : sent.index("Objects:")] == ([*shown, ""] if shown else [])


def test_a_few_refused_rows_do_not_keep_the_texts_of_their_batch_in_memory(stand: Stand) -> None:
    lines = pl.Series("payload", [f"{number:09}" * 20 for number in range(10_000)])
    refused = pl.DataFrame({"row": [1, 2], "payload": lines.gather([1, 2]), "reasons": [[], []]}, schema=REFUSED_SCHEMA)
    (item,) = stand.land("a.jsonl")
    rows = quarantine_rows(Lane.CHANGES, item, DAY, refused, "batch", utc_now())
    buffers = rows["payload"].to_arrow(compat_level=pl.CompatLevel.newest()).buffers()
    assert sum(buffer.size for buffer in buffers if buffer) < 10_000
