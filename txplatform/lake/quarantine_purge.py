"""Deletes quarantined rows for good, after an audit line has been written that says who deleted which."""

import json
from collections.abc import Sequence
from datetime import datetime

from txplatform.aws import AwsClients
from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.lake.catalog import Lake
from txplatform.lake.quarantine_removal import remove_quarantined
from txplatform.lake.quarantined_rows import QuarantinedRow


def purge_quarantined(
    contract: Contract, lake: Lake, rows: Sequence[QuarantinedRow], chosen: str, now: datetime
) -> str:
    """Delete the rows, and return the URI of the audit line; `chosen` says by which filters they were found.

    The line is there before the first row is deleted. If the deletion is interrupted, some of its rows are left.
    """
    uri = _audit(lake.clients, contract.name, rows, chosen, now)
    remove_quarantined(lake, names.quarantine_table(contract.name), [row.quarantine_id for row in rows])
    return uri


def _audit(clients: AwsClients, entity: str, rows: Sequence[QuarantinedRow], chosen: str, now: datetime) -> str:
    """Write what is about to be deleted: ids, places and rules, and no payload."""
    line = {
        "event": "quarantine_purged",
        "entity": entity,
        "at": timestamp_text(now),
        "by": clients.client("sts").get_caller_identity()["Arn"],
        "filters": chosen,
        "count": len(rows),
        "rows": [
            {
                "quarantine_id": row.quarantine_id,
                "source": row.source,
                "row": row.row,
                "rules": [f"{reason['field']}:{reason['rule']}" for reason in row.reasons],
            }
            for row in rows
        ],
    }
    bucket = clients.settings.lake_bucket
    key = f"{names.AUDIT_PREFIX}/quarantine/{entity}/{now:%Y-%m-%dT%H%M%S.%fZ}.json"
    body = json.dumps(line, separators=(",", ":")).encode() + b"\n"
    clients.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*")
    return f"s3://{bucket}/{key}"
