"""What an item says of its write comes back as it was, and what anyone else has put there is passed over."""

from typing import Any

import pytest

from lambdas.shared.provenance import Provenance, provenance_of

WRITE = Provenance("order-1", "https://i#crm", "JKJaXmPLvHcESHA=")


def test_what_a_write_says_comes_back() -> None:
    assert provenance_of(WRITE.attributes()) == WRITE
    assert provenance_of(Provenance("order-1").attributes()) == Provenance("order-1")
    assert Provenance(None).attributes() == {}


@pytest.mark.parametrize(
    "attribute",
    [{"S": "not acceptable\n"}, {"S": "x" * 600}, {"S": ""}, {"N": "7"}, {"S": 7}, {"S": None}, {}, "text", None],
)
@pytest.mark.parametrize("name", ["_trace_id", "_written_by", "_request_id"])
def test_what_is_not_acceptable_is_not_there(name: str, attribute: Any) -> None:
    found = provenance_of({**WRITE.attributes(), name: attribute})
    assert getattr(found, name.removeprefix("_")) is None
    assert sum(value is None for value in (found.trace_id, found.written_by, found.request_id)) == 1
