"""Changes of Iceberg tables by statements: one at a time a table in this process, again after a race that was lost."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table

from txplatform.local.aws.athena.errors import StatementError

ATTEMPTS = 5
Changed = TypeVar("Changed")


class TableChanges:
    """`iceberg` gives pyiceberg's catalog."""

    def __init__(self, iceberg: Callable[[], Any]) -> None:
        self.iceberg = iceberg
        self._turns: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    def load(self, key: tuple[str, str]) -> Table:
        """Return a table as it is now."""
        return self.iceberg().load_table(key)

    def make(self, key: tuple[str, str], attempt: Callable[[Table], Changed]) -> Changed:
        """Call `attempt` with the table as it is now until its commit is the first; raise StatementError else."""
        with self._turns[key]:
            for remaining in reversed(range(ATTEMPTS)):
                table = self.load(key)
                if table.format_version != 2:
                    raise StatementError("NOT_SUPPORTED", f"table {key[1]} has Iceberg's format {table.format_version}")
                try:
                    return attempt(table)
                except CommitFailedException as error:
                    if not remaining:
                        reason = f"Failed to commit the transaction during write: {error}"
                        raise StatementError("ICEBERG_COMMIT_ERROR", reason) from error
        raise AssertionError
