"""`make mutants`: makes each defect in a copy of the sources, and shows which test catches it, and how fast.

The last line is one JSON object. It ends with status 0 if every defect was caught, and 1 if one was not, or if a test
fails without any defect.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from txplatform_tests.mutants.defects import DEFECTS, Defect
from txplatform_tests.mutants.runs import copy_sources, run_tests, with_defect


def main(arguments: Sequence[str]) -> int:
    """Try the defects whose names hold the given words, all of them by default."""
    parser = argparse.ArgumentParser(
        prog="make mutants", description="Breaks the product and looks whether tests see it."
    )
    parser.add_argument("words", nargs="*", help="Words of the names of the defects to try; all by default.")
    words = parser.parse_args(arguments).words
    chosen = [defect for defect in DEFECTS if all(word in defect.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="txplatform-mutants-") as name:
        folder = Path(name)
        copy_sources(folder)
        sound = _is_sound(folder, chosen)
        caught = [_is_caught(folder, defect) for defect in chosen] if sound else []
    ok = sound and all(caught)
    figures = {"defects": len(chosen), "caught": sum(caught)}
    print(json.dumps({"name": "mutants", "figures": figures, "bounds": {"caught": [len(chosen), None]}, "ok": ok}))
    return 0 if ok else 1


def _is_sound(folder: Path, defects: Sequence[Defect]) -> bool:
    """Whether the tests pass without a defect: else their failures would say nothing."""
    print(f"{len(defects)} defects; their tests without one first ...", file=sys.stderr, flush=True)
    found = run_tests(folder, sorted({test for defect in defects for test in defect.tests}))
    if found.test is not None:
        print(f"{found.test} fails without any defect", file=sys.stderr)
    return found.test is None


def _is_caught(folder: Path, defect: Defect) -> bool:
    with with_defect(folder, defect):
        found = run_tests(folder, defect.tests)
    outcome = f"caught by {found.test}" if found.test else "NOT CAUGHT"
    print(f"{found.seconds:6.1f} s  {defect.name}: {outcome}", flush=True)
    return found.test is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
