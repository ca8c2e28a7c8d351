"""A view is replaced where its text has changed, or the type of a column that it reads."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Evolution
from txplatform.contracts.render.sql_types import backfill_sql
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.statements import current_view
from txplatform.warehouse.views import refresh_mart, refresh_view

PAYMENTS = load_contracts()["payments"]


class Published:
    """Athena and ledger as far as a refresh needs them: what was published of each view."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, str]] = {}

    def published(self, view: str) -> tuple[str, str] | None:
        return self.known.get(view)

    def set_published(self, view: str, digest: str, version: str) -> None:
        self.known[view] = (digest, version)

    def folded(self, _entity: str) -> None:
        return None

    def view_version(self, _view: str) -> str:
        return "1"

    def execute(self, _statement: str) -> Any:
        return SimpleNamespace(query_id="query")


def changed(name: str, **changes: Any) -> Contract:
    fields = tuple(replace(field, **changes) if field.name == name else field for field in PAYMENTS.fields)
    return replace(PAYMENTS, fields=fields)


def test_a_view_over_a_wider_column_is_replaced_though_its_text_is_the_same() -> None:
    stand: Any = Published()
    wider = changed("amount", precision=20)
    assert current_view(PAYMENTS, None) == current_view(wider, None)
    mart = Mart("payments_sum", "payments", "Sum.", 'SELECT sum("amount") AS amount FROM "payments"')
    for contract, replaced in ((PAYMENTS, True), (PAYMENTS, False), (wider, True), (wider, False)):
        found = (refresh_view(contract, stand, stand).query_id, refresh_mart(mart, stand, stand, [contract]).query_id)
        assert [query_id is not None for query_id in found] == [replaced, replaced]


def test_both_parts_of_the_current_view_fill_in_a_backfill() -> None:
    text = current_view(changed("channel", evolution=Evolution(backfill="it's")), None)
    for table in ("s.", ""):
        assert f"""coalesce({table}"channel", CAST('it''s' AS varchar)) AS "channel\"""" in text


def test_a_backfill_has_the_type_of_its_column() -> None:
    moment = changed("created_at", evolution=Evolution(backfill="2026-01-01T00:00:00.000000Z"))["created_at"]
    assert backfill_sql(moment) == "CAST('2026-01-01 00:00:00.000000' AS timestamp(6))"
