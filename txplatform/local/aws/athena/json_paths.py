"""JSON paths as Trino's: https://trino.io/docs/current/functions/json.html#json_extract."""

import json
import re

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import refuse

_STEP = re.compile(r"""\.(\w+)|\[(\d+)\]|\["([^"\\]*)"\]""")


def steps(path: str) -> str:
    """Return the keys and indices of a path, as a JSON list; raise StatementError for any other path."""
    found, position = [], 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            break
        found.append(int(step[2]) if step[2] else step[1] or step[3])
        position = step.end()
    if not path.startswith("$"):
        raise StatementError("INVALID_FUNCTION_ARGUMENT", f"line 1:1: Invalid JSON path: '{path}'")
    if position < len(path):
        raise refuse(f"the JSON path {path!r}")
    return json.dumps(found)
