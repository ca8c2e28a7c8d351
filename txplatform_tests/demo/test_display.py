"""Off a terminal the demo says in lines how far it is."""

import io

from rich.console import Console

from txplatform.demo.display import Display


def test_off_a_terminal_a_step_is_a_line_when_it_begins_every_few_seconds_and_when_it_is_done() -> None:
    out, now = io.StringIO(), [0.0]
    display = Display(Console(file=out, force_terminal=False), lambda: now[0])
    with display.live():
        step = display.step("Messages processed", 100)
        for second in range(40):
            now[0] = float(second)
            step.show(second * 3, "1 pending" if second < 30 else "")
    assert out.getvalue().splitlines() == [
        "Messages processed: 0 of 100",
        "Messages processed: 45 of 100, 1 pending",
        "Messages processed: 90 of 100",
        "Messages processed: 102 of 100",
    ]


def test_a_step_whose_total_grows_says_once_that_it_is_done() -> None:
    out = io.StringIO()
    step = Display(Console(file=out, force_terminal=False), lambda: 0.0).step("Objects in the lake", 2)
    for total in (2, 3, 4):
        step.show(total, "", total)
    assert out.getvalue() == "Objects in the lake: 0 of 2\nObjects in the lake: 2 of 2\n"


def test_on_a_terminal_steps_are_bars() -> None:
    out = io.StringIO()
    display = Display(Console(file=out, force_terminal=True, width=120))
    with display.live():
        display.step("Messages sent", 2).show(2)
    assert "━" in out.getvalue()
