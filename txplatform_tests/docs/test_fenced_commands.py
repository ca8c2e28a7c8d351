"""Every fenced command of the README and of the pages is run, or stands in a table that says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform_tests.docs.blocks import PROMPT, Command, Document, commands, documents
from txplatform_tests.docs.session import PLAYED, play, workspace
from txplatform_tests.docs.unplayed import UNPLAYED, why_not
from txplatform_tests.e2e.flow import Platform

_ROOT = Path(__file__).parents[2]
DOCUMENTS = {document.path: document for document in documents(_ROOT)}
COMMANDS = [
    command
    for document in DOCUMENTS.values()
    for block in document.blocks
    if block.language == "console"
    for command in commands(block)
]
NOT_RUN = [command for command in COMMANDS if why_not(command.text)]
_SHELLS = ("bash", "sh", "shell", "zsh", "shell-session", "py", "pycon")
_TRADE = {
    "venue": "xpar", "trade_id": "docs-1", "symbol": "TTE", "side": "buy", "order_type": "limit", "price": "61.05",
    "quantity": "100", "notional": "6105", "currency": "EUR", "executed_at": "2026-04-01T00:00:00Z",
    "updated_at": "2026-04-01T00:00:00Z",
}  # fmt: skip
_PAYMENT = {
    "payment_id": "docs-1", "customer_id": "cus-1", "merchant_id": "shop", "amount": "129.90", "currency": "EUR",
    "status": "captured", "method": "card", "created_at": "2026-04-01T00:00:00Z", "updated_at": "2026-04-01T00:00:00Z",
}  # fmt: skip


def _is_played(document: Document) -> bool:
    """Whether anything of a document is run."""
    return any(
        block.language in PLAYED[1:] or any(why_not(command.text) is None for command in commands(block))
        for block in document.blocks
        if block.language in PLAYED and not block.title
    )


@pytest.fixture
def records(platform: Platform, wait_until: Callable[..., Any]) -> None:
    """A payment and a trade in the views that the documents query."""
    for entity, record in (("payments", _PAYMENT), ("trades", _TRADE)):
        (result,) = platform.api.entity(entity).upsert_all([record])
        assert not result.rejected, result

        def arrived(entity: str = entity) -> bool:
            platform.materialize(f"{entity}_changes")
            platform.refresh(entity)
            key = next(iter(_PAYMENT if entity == "payments" else {"trade_id": ""}))
            return platform.one(f"SELECT count(*) AS found FROM {entity} WHERE {key} = 'docs-1'")["found"] == 1

        wait_until(arrived, 120, f"the {entity} of the documents")
        platform.materialize(f"{entity}_history")


_LONG = {"docs/guides/backfill.md", "docs/guides/refused-or-failed.md", "docs/tour.md"}


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("records")
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.long] if path in _LONG else [])
        for path, document in DOCUMENTS.items()
        if _is_played(document)
    ],
)
def test_a_document_can_be_followed(path: str, platform: Platform, state_dir: Path, tmp_path: Path) -> None:
    done = play(DOCUMENTS[path], workspace(tmp_path, state_dir))
    places = [line for line in done.stderr.splitlines() if line.startswith("@ ")]
    assert done.returncode == 0, f"stopped at {places[-1:]}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("command", NOT_RUN, ids=lambda command: command.place)
def test_a_command_that_is_not_run_is_checked(command: Command) -> None:
    entry = why_not(command.text)
    assert entry is not None
    entry.check(command.text)


@pytest.mark.parametrize("entry", UNPLAYED, ids=lambda entry: entry.pattern)
def test_the_table_holds_nothing_that_no_document_has(entry: Any) -> None:
    assert entry.reason
    assert any(why_not(command.text) is entry for command in NOT_RUN)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda document: document.path)
def test_no_command_hides_in_another_kind_of_block(document: Document) -> None:
    for block in document.blocks:
        place = f"{block.path}:{block.line}"
        assert block.language not in _SHELLS, f"{place}: write it as a console or python block, which a test runs"
        if block.language != "console":
            assert not any(line.startswith(PROMPT) for line in block.lines), (
                f"{place}: a prompt outside a console block"
            )
        else:
            assert list(commands(block)), f"{place}: no command"
