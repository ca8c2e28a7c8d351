"""What names an execution comes after it, whatever the clocks of the sender say."""

import pytest

from txplatform_tests.contracts.sources.conftest import Read
from txplatform_tests.contracts.sources.fix_messages import fix_message

BODY = (
    (37, "o1"),
    (39, 2),
    (55, "TTE"),
    (54, 1),
    (38, 100),
    (32, 100),
    (31, "61.05"),
    (15, "EUR"),
    (151, 0),
    (14, 100),
)


def versions(read: Read, kind: str, own: str, named: str | None, sent: str, transacted: str) -> dict[str, str]:
    """The versions of the records of one execution report, by their identifiers."""
    reference = () if named is None else ((19, named),)
    fields = [(35, 8), (49, "BRKR"), (56, "B"), (34, 1), (52, sent), (17, own), (150, kind), *BODY, (60, transacted)]
    found = read("fix", fix_message([*fields, *reference], separator="|"))
    assert found["refused"] == []
    return {record["fields"]["trade_id"]: record["fields"]["updated_at"] for record in found["records"]}


@pytest.mark.parametrize(
    ("transacted", "sent_later"),
    [
        ("20240105-10:00:01", "20240105-10:00:00.900"),  # the whole second is the next one
        ("20240105-10:00:00.250", "20240105-10:00:00"),
        ("20240105-10:00:00.250", "20240105-10:00:00.250"),
        ("20240105-10:00:00.250", "20240105-09:59:59.800"),  # of another clock
        ("20240105-10:00:00", "20240105-10:00:00.001"),
    ],
)
def test_a_cancellation_and_a_correction_outrank_their_execution(read: Read, transacted: str, sent_later: str) -> None:
    executed = versions(read, "F", "e1", None, transacted, transacted)["e1"]

    cancelled = versions(read, "H", "e2", "e1", sent_later, sent_later)
    corrected = versions(read, "G", "e2", "e1", sent_later, transacted)
    corrected_in_place = versions(read, "G", "e1", "e1", sent_later, transacted)

    assert cancelled["e1"] > executed
    assert corrected["e1"] > executed
    assert corrected_in_place["e1"] > executed


def test_what_names_one_execution_is_in_the_order_in_which_it_was_sent(read: Read) -> None:
    first = versions(read, "G", "e1", "e1", "20240105-10:05:00.100", "20240105-10:00:00")["e1"]
    second = versions(read, "G", "e1", "e1", "20240105-10:05:00.200", "20240105-10:00:00")["e1"]
    cancelled = versions(read, "H", "e3", "e1", "20240105-10:05:00.300", "20240105-10:05:00.300")["e1"]

    assert first < second < cancelled
