"""The list of defects stays one of the present code: each can be made, and its tests are there."""

from pathlib import Path

import pytest

from txplatform_tests.mutants.defects import DEFECTS, Defect
from txplatform_tests.mutants.runs import ROOT, with_defect


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_can_be_made(defect: Defect) -> None:
    text = (ROOT / defect.file).read_text(encoding="utf-8")
    assert text.count(defect.right) == 1
    assert compile(text.replace(defect.right, defect.wrong), defect.file, "exec")
    assert all((ROOT / test).exists() for test in defect.tests)


def test_there_are_twenty_and_no_two_alike() -> None:
    assert len({(defect.file, defect.wrong) for defect in DEFECTS}) == len(DEFECTS) >= 20


def test_a_defect_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("right = 1\n")
    with with_defect(tmp_path, Defect("it is wrong", "a.py", "1", "2", ())):
        assert path.read_text() == "right = 2\n"
    assert path.read_text() == "right = 1\n"
    with pytest.raises(ValueError, match="0 times, not once"), with_defect(tmp_path, Defect("", "a.py", "3", "", ())):
        pass
