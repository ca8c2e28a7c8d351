"""Order keys: texts that sort like the history of a record. The greatest one of a key is its state.

`1|<generation>|<sequence number>` for change records, made by the `cdc` Lambda; `0|<day>|<landing time>|<object>|<row>`
for file rows, made here. The operational store therefore outranks files, and inside a lane the newer row wins.
"""

import hashlib
from datetime import date, datetime

from txplatform.clock import timestamp_text

CHANGES_LANE = "1|"
FILES_LANE = "0|"
ROW_DIGITS = 12
_LAST = "~"


def file_prefix(day: date, landed_at: datetime, object_key: str) -> str:
    """The order key of a file's rows up to the row number; objects that landed together differ by their names."""
    name = hashlib.sha256(object_key.encode()).hexdigest()[:8]
    return f"{FILES_LANE}{day.isoformat()}|{timestamp_text(landed_at)}|{name}|"


def file_tombstone(day: date, replaced_at: datetime) -> str:
    """The order key of tombstones that a re-delivered day leaves: above every row the day ever held."""
    return f"{FILES_LANE}{day.isoformat()}|{timestamp_text(replaced_at)}|{_LAST}|"
