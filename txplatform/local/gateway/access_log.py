"""The access log of the API's stage: a line for each request, in the format that the stage was deployed with.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_VARIABLE = re.compile(r"\$context\.([A-Za-z][A-Za-z0-9_.]*)")


class AccessLog:
    """Appends to a file. A stage without a format has no log."""

    def __init__(self, line_format: str | None, path: Path) -> None:
        self._format = line_format
        self._path = path
        self._lock = threading.Lock()

    def write(self, context: Mapping[str, Any]) -> None:
        """Write the line of a request; what its context lacks is "-", as on AWS."""
        if self._format is None:
            return
        line = _VARIABLE.sub(lambda variable: str(context.get(variable[1], "-")), self._format)
        with self._lock, self._path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{line}\n")
