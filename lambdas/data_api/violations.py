"""Violations as an answer shows them: so many of a record, so many bytes of an answer, and how many more there are.

An answer of Lambda may not exceed 6 MB, and a body of 6 MB can break more rules than that.
"""

from collections.abc import Sequence
from typing import Any

from lambdas.shared.errors import Violation
from lambdas.shared.jsonio import dumps

MAX_OF_RECORD = 100
MAX_BYTES_OF_RECORD = 16_384
MAX_BYTES_OF_ANSWER = 1_000_000


class Shown:
    """The violations of one answer: the first of each record, and the others while there is room."""

    def __init__(self) -> None:
        self._left = MAX_BYTES_OF_ANSWER

    def of_record(self, violations: Sequence[Violation]) -> dict[str, Any]:
        """`errors`, and `further_errors`, their number, where there are more."""
        shown: list[dict[str, str]] = []
        room = min(MAX_BYTES_OF_RECORD, self._left)
        for violation in violations[:MAX_OF_RECORD]:
            document = violation.as_dict()
            size = len(dumps(document)) + 1
            if shown and size > room:
                break
            shown.append(document)
            room -= size
            self._left -= size
        more = len(violations) - len(shown)
        return {"errors": shown, **({"further_errors": more} if more else {})}
