"""What each view was last made of, so that a refresh replaces a view only when its text has changed."""

from txplatform.ledger.rows import Attributes
from txplatform.ledger.table import LedgerTable


class PublishedViews(LedgerTable):
    """Keeps, for each view, the statement that made it (as a digest) and the Glue version that came out."""

    def published(self, view: str) -> tuple[str, str] | None:
        """Digest and version, None where the view was never made."""
        row = self._row(_key(view))
        return (row["digest"]["S"], row["version"]["S"]) if row else None

    def set_published(self, view: str, digest: str, version: str) -> None:
        """Keep what the view is made of now."""
        self._put([{**_key(view), "digest": {"S": digest}, "version": {"S": version}}])


def _key(view: str) -> Attributes:
    return {"pk": {"S": f"view#{view}"}, "sk": {"S": "current"}}
