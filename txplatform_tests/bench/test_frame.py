"""The frame of the benches: what counts as kept, what a run prints and writes, how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from txplatform_tests.bench import __main__ as command
from txplatform_tests.bench.frame import benches, peer
from txplatform_tests.bench.frame.figures import Figure, Outcome, Size, Untried
from txplatform_tests.bench.frame.measuring import cost_of, medians
from txplatform_tests.bench.frame.report import PAGE, document, markers, require_section, write_section

_KEPT = Figure("kept", 2.0, "x", most=3.0)
_BEYOND = Figure("beyond", 4.0, "x", most=3.0)
_SHORT = Figure("short", 20.0, "x", least=30.0)
_WRONG = Figure("differences", 1, exact=True, most=0)


@pytest.mark.parametrize(
    ("figures", "size", "ok"),
    [
        ((_KEPT, Figure("free", 99.0)), Size.FULL, True),
        ((_KEPT, _BEYOND), Size.FULL, False),
        ((_SHORT,), Size.FULL, False),
        ((_BEYOND, _SHORT), Size.SMALL, True),
        ((_WRONG,), Size.SMALL, False),
        ((Figure("nothing", float("nan"), most=3.0),), Size.FULL, False),
        ((), Size.FULL, False),
    ],
)
def test_bounds_of_time_count_at_full_size_and_exact_ones_always(
    figures: tuple[Figure, ...], size: Size, ok: bool
) -> None:
    assert Outcome("a", size, "", figures).ok is ok


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of its own with a section for the bench `tried`."""
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n{}\n{}\nafter\n".format(*markers("tried")))
    monkeypatch.setattr(command, "write_section", lambda outcome: write_section(outcome, page))
    monkeypatch.setattr(command, "require_section", lambda name: require_section(name, page))
    return page


def _bench(monkeypatch: pytest.MonkeyPatch, *figures: Figure | Untried) -> None:
    """Let there be one bench, which measures these figures."""
    module: Any = ModuleType("tried", "What it measures.\n\nMore.")

    def measure(size: Size) -> Iterator[Figure | Untried]:
        yield from figures

    module.measure, module.SETTINGS = measure, dict.fromkeys(Size, "100 rows.")
    monkeypatch.setattr(benches, "names", lambda: ["tried"])
    monkeypatch.setattr(benches, "_module", lambda name: module)


def test_a_run_prints_a_table_and_one_json_object_and_writes_its_section(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _bench(monkeypatch, _KEPT, Figure("rows", 1_000_000))
    assert command.main(["tried"]) == 0
    *table, last = capsys.readouterr().out.splitlines()
    assert [line.split() for line in table[1:]] == [["kept", "2", "×", "≤", "3", "×", "yes"], ["rows", "1,000,000"]]
    assert json.loads(last) == {
        "name": "tried",
        "size": "full",
        "figures": {"kept": 2.0, "rows": 1_000_000},
        "bounds": {"kept": [None, 3.0]},
        "ok": True,
    }
    written = page.read_text()
    assert "| kept | 2 × | ≤ 3 × | yes |" in written
    assert written.startswith("before\n<!-- bench tried -->\n100 rows. On ")
    assert written.endswith("<!-- end of bench tried -->\nafter\n")
    assert command.main(["tried"]) == 0
    assert page.read_text() == written  # what stood there is replaced


def test_a_figure_beyond_its_bound_ends_the_run_with_a_status(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _bench(monkeypatch, _KEPT, _BEYOND)
    assert command.main(["tried"]) == 1
    assert "| beyond | 4 × | ≤ 3 × | NO |" in page.read_text()


def test_a_small_run_writes_nothing(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = page.read_text()
    _bench(monkeypatch, _BEYOND)
    assert command.main(["tried", "--size", "small"]) == 0
    assert page.read_text() == before


def test_an_unknown_name_and_no_name_list_the_benches(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nothing"]) == 2
    assert command.main([]) == 0
    listed = capsys.readouterr()
    assert "there is no bench 'nothing'" in listed.err
    lines = listed.out.splitlines()
    assert len(lines) == 2 * len(benches.names())
    assert all(benches.summary(name) and any(name in line for line in lines) for name in benches.names())


def test_a_page_without_the_section_is_refused_before_anything_is_measured(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.write_text("text <!-- bench tried -->")
    _bench(monkeypatch)
    monkeypatch.setattr(benches, "run", lambda *_: pytest.fail("it was measured"))
    with pytest.raises(ValueError, match="has no section for tried"):
        command.main(["tried"])
    with pytest.raises(ValueError, match="has no section for tried"):
        write_section(Outcome("tried", Size.FULL, "", (_KEPT,)), page)
    assert page.read_text() == "text <!-- bench tried -->"


@pytest.mark.parametrize("name", benches.names())
def test_every_bench_has_a_section_of_the_page(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    begin, end = markers(name)
    assert text.count(begin) == text.count(end) == 1
    assert f"`make bench NAME={name}`" in text


def test_costs_are_of_what_happens_inside() -> None:
    with cost_of() as cost:
        held = bytearray(b"x" * 64_000_000)
        sum(range(2_000_000))
    assert len(held) < cost.peak_bytes
    assert cost.seconds > 0
    del held


def test_a_round_is_done_once_for_nothing_and_in_turn() -> None:
    done: list[str] = []
    costs = medians({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 2)
    assert done == ["a", "b"] * 3
    assert set(costs) == {"a", "b"}


def test_what_was_not_tried_is_said_beside_the_figures(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _bench(monkeypatch, _KEPT, Untried("to a peer", "≥ 4 ×: it cannot be installed"))
    outcome = benches.run("tried", Size.FULL)
    assert outcome.ok
    assert json.loads(document(outcome))["untried"] == {"to a peer": "≥ 4 ×: it cannot be installed"}
    write_section(outcome, page)
    assert "| to a peer | not tried | ≥ 4 ×: it cannot be installed |  |" in page.read_text()


def test_a_peer_that_cannot_be_installed_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "_KEPT", tmp_path)
    monkeypatch.setattr(peer.shutil, "which", lambda _: "false")
    with pytest.raises(peer.PeerMissingError, match="the packages of dlt cannot be installed"):
        peer.cpu_seconds("dlt", "a.csv")
    assert not (tmp_path / "dlt" / "ready").exists()


def test_the_outcome_is_one_line() -> None:
    assert "\n" not in document(Outcome("a", Size.SMALL, "", (_KEPT,)))
