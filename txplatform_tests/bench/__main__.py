"""`make bench NAME=…`: runs a bench, prints its table and, as the last line, one JSON object.

It ends with status 0 if every figure keeps its bounds, 1 if one does not, 2 for a name that is no bench. A run at full
size writes its section of docs/benchmarks.md.
"""

import argparse
import sys
from collections.abc import Sequence

from txplatform_tests.bench.frame import benches
from txplatform_tests.bench.frame.figures import Size
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.bench.frame.report import document, require_section, table, write_section


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments name; without a name, list the benches."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measures one promise of the platform.")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--size", type=Size, choices=list(Size), default=Size.FULL)
    options = parser.parse_args(arguments)
    if not options.name:
        _list()
        return 0
    if options.name not in benches.names():
        print(f"there is no bench {options.name!r}; these are:", file=sys.stderr)
        _list()
        return 2
    if options.size is Size.FULL:
        require_section(options.name)
    progress(f"{options.name}, {options.size}")
    outcome = benches.run(options.name, options.size)
    print(table(outcome))
    if outcome.size is Size.FULL:
        write_section(outcome)
    print(document(outcome))
    return 0 if outcome.ok else 1


def _list() -> None:
    for name in benches.names():
        print(f"make bench NAME={name:14} {benches.summary(name)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
