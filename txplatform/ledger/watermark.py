"""Each entity's watermark: everything ingested up to that moment is in its snapshot."""

from datetime import datetime

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.ledger.rows import Attributes
from txplatform.ledger.table import LedgerTable


class Watermarks(LedgerTable):
    """Reads and moves watermarks."""

    def watermark(self, entity: str) -> datetime | None:
        """The entity's watermark; None before the first fold."""
        row = self._row(_key(entity))
        return parse_timestamp(row["watermark"]["S"]) if row else None

    def set_watermark(self, entity: str, watermark: datetime) -> None:
        """Move the watermark forward; it stays where it is if it is later than this one."""
        text = {"S": timestamp_text(watermark)}
        self._put_if(
            "attribute_not_exists(pk) OR watermark < :watermark",
            {**_key(entity), "watermark": text},
            {":watermark": text},
        )


def _key(entity: str) -> Attributes:
    return {"pk": {"S": f"watermark#{entity}"}, "sk": {"S": "current"}}
