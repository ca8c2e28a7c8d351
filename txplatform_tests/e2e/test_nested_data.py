"""An entity with nested fields on a running stack: queue, API, stream and files, to the view, its children and parity.

The stack is one of its own, synthesised for this entity beside the shipped ones.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra import synth
from lambdas.shared.jsonio import dumps
from txplatform.aws import AwsClients
from txplatform.client import InvalidRecordError, PreconditionFailedError, Records
from txplatform.contracts import loader, names
from txplatform.contracts.mapping.loader import FOLDER, SHIPPED
from txplatform.contracts.names import Lane
from txplatform.local_platform import start_platform
from txplatform.settings import Settings
from txplatform_tests.e2e.flow import Platform
from txplatform_tests.lambdas.nested import purchase
from txplatform_tests.samples.nested import PURCHASES

pytestmark = [pytest.mark.e2e, pytest.mark.long]

ENTITY = "purchases"
DAY = date(2026, 11, 20)
EXACT = Decimal(f"{'1' * 38}.{'2' * 29}3")  # more digits than DynamoDB's numbers have
CHILDREN = f"SELECT purchase_id, position, sku, amount FROM {ENTITY}_line_items ORDER BY 1, 2"
STATE = (
    "SELECT shipping.address.city AS city, shipping.cost AS cost, element_at(attributes, 'colour') AS colour, "
    "cardinality(line_items) AS lines, payload, rest "
    f"FROM {ENTITY} WHERE purchase_id = "
)
LINES = [("A-1", Decimal("43.3000")), ("B-2", Decimal("0.0001"))]


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., Any]) -> Iterator[Platform]:
    """The platform with a folder of contracts: the shipped ones and one more, and the template for them."""
    folder = tmp_path / "contracts"
    shutil.copytree(loader.ENTITIES, folder)
    shutil.copytree(SHIPPED, folder / FOLDER)
    shutil.copy(PURCHASES, folder)
    monkeypatch.setenv(names.CONTRACTS_VARIABLE, str(folder))
    assert synth.main([]) == 0
    with start_platform(tmp_path / "state", folder=folder) as stack:
        for name, value in stack.environment.items():
            monkeypatch.setenv(name, value)
        clients = AwsClients(Settings.from_env(stack.environment))
        yield Platform.of(clients, stack.environment, wait_until)


def test_a_nested_record_goes_all_the_way(platform: Platform) -> None:
    payload = {"till": 7, "exact": EXACT, "é\u2028😀": {"none": None, "empty": [{}, []]}}
    sent = purchase(purchase_id="sent", payload=payload, Later={"b": Decimal("2.50"), "a": [None, ""]}, gone=1)
    empty = purchase(purchase_id="empty", line_items=[], attributes={}, fees={}, tags=[], notes=[], payload={})
    broken = purchase(purchase_id="broken", line_items=[{"sku": "A", "amount": "1"}, {"sku": "A", "amount": "-1"}])
    platform.send(ENTITY, [dumps(record) for record in (sent, empty, broken, sent)])
    assert platform.drain(ENTITY).checked == 2
    assert platform.waiting(names.inbound_dead_letter_queue(ENTITY)) == 1
    platform.materialize(f"{ENTITY}_line_items", f"{ENTITY}_notes")
    _shows(platform, "empty", lines=0, colour=None, payload="{}", rest=None)
    _shows(platform, "sent", city="Brno", cost=Decimal("4.00"), lines=2, colour="red")
    _shows(platform, "sent", rest='{"Later":{"a":[null,""],"b":2.5},"gone":1}')
    assert platform.one(f"{STATE}'sent'")["payload"] == (
        f'{{"exact":{EXACT},"till":7,"é\u2028😀":{{"empty":[{{}},[]],"none":null}}}}'
    )
    assert _children(platform) == [("sent", place, *line) for place, line in enumerate(LINES, 1)]
    assert platform.one(f"SELECT text FROM {ENTITY}_notes")["text"] == "••••me", "masked in the child entity"

    api = platform.api.entity(ENTITY, platform.contracts[ENTITY])
    _patch(api)
    assert platform.drain(ENTITY).checked == 2
    patched = {"city": "Praha", "cost": None, "rest": '{"Later":{"a":[null,""],"b":2.5,"c":1}}'}
    _shows(platform, "sent", **patched)

    rows = [
        purchase(purchase_id="filed", line_items=[{"sku": "F-1", "amount": "1.5"}], extra={"b": 1, "a": None}),
        purchase(purchase_id="sent", shipping={"carrier": "older, and of a file"}),
        broken,
    ]
    platform.drop(ENTITY, DAY, "purchases.jsonl", "\n".join(map(dumps, rows)).encode())
    platform.wait_landed(ENTITY, Lane.FILES, 1)
    platform.materialize(names.files_table(ENTITY), days=[DAY])
    platform.fold(ENTITY)
    _shows(platform, "sent", **patched)
    _shows(platform, "filed", rest='{"extra":{"a":null,"b":1}}')
    refused = platform.one(f"SELECT reasons[1].field AS field, payload FROM {names.quarantine_table(ENTITY)}")
    assert refused["field"] == "line_items[1].amount"
    assert json.loads(refused["payload"])["line_items"] == broken["line_items"]

    api.delete("empty", version="2026-11-03T00:00:00Z")
    api.delete("sent", version="2026-11-03T00:00:00Z")
    report = platform.drain(ENTITY)
    assert (report.checked, report.days) == (0, 1), "the day of files is compared too"
    assert _children(platform) == [("filed", 1, "F-1", Decimal("1.5000"))]


def _patch(api: Records) -> None:
    """Change what lies within an object, and what is kept of unknown names; another state's ETag changes nothing."""
    stored = api.get("sent")
    assert stored.record["payload"]["exact"] == EXACT
    changes = {"shipping": {"address": {"city": "Praha"}, "cost": None}, "updated_at": "2026-11-02T10:00:00Z"}
    kept = {"Later": {"c": 1}, "gone": None}
    patched = api.patch("sent", changes | kept, if_match=stored.etag)
    assert patched.record["shipping"] == {
        "carrier": "post",
        "insured": True,
        "address": {"city": "Praha", "country": "CZ"},
    }
    assert api.patch("sent", changes | kept).etag == patched.etag, "twice is once"
    with pytest.raises(PreconditionFailedError):
        api.patch("sent", changes, if_match=stored.etag)
    with pytest.raises(InvalidRecordError) as refused:
        api.patch("sent", {"shipping": {"carrier": None}, "updated_at": "2026-11-02T11:00:00Z"})
    assert [(item.field, item.rule) for item in refused.value.violations] == [("shipping.carrier", "required")]


def _shows(platform: Platform, key: str, **expected: Any) -> None:
    """The view has these values of the record."""
    row = platform.one(f"{STATE}'{key}'")
    assert {name: row[name] for name in expected} == expected


def _children(platform: Platform) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in platform.athena.arrow(CHILDREN).to_pylist()]
