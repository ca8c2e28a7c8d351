"""Run in an environment of its own: `dbt build` of the project beside it, twice; prints how many nodes were green.

Arguments: a folder for what dbt leaves, and how often to build. Prints a JSON object for each build: nodes by status.
"""

import json
import shutil
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any


def main(folder: str, builds: str) -> None:
    """Build a copy of the project; the later builds find what the earlier ones made."""
    runner: Any = import_module("dbt.cli.main").dbtRunner()
    project = Path(folder, "shop")
    shutil.copytree(Path(__file__).with_name("dbt_shop"), project)
    where = ["--project-dir", str(project), "--profiles-dir", str(project)]
    for _ in range(int(builds)):
        done = runner.invoke(["--quiet", "--log-level-file", "none", "build", *where])
        if done.exception:
            raise done.exception
        print(json.dumps(Counter(str(of.status) for of in done.result)))
        for of in done.result:
            if str(of.status) not in ("success", "pass"):
                print(f"{of.node.unique_id}: {of.message}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
