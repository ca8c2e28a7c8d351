"""The comparing process of the bench `parity`: one comparison, or the baseline, and what it cost this process alone."""

import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.ledger import Ledger
from txplatform.parity.check import check_parity
from txplatform.settings import Settings
from txplatform.warehouse.athena import Athena
from txplatform_tests.bench.frame.measuring import peak_bytes


def main(entity: str, store_url: str, grace_seconds: str, what: str) -> None:
    """Print the report as JSON, with CPU seconds and the greatest resident memory in bytes."""
    contract = replace(load_contracts()["payments"], name=entity)
    settings = Settings.from_env()
    clients = AwsClients(settings)
    store = AwsClients(replace(settings, endpoint_url=store_url))
    found: dict[str, Any] = {}
    if what == "read":
        pages = store.client("dynamodb").get_paginator("scan").paginate(TableName=names.entity_table(entity))
        found["checked"] = sum(len(page["Items"]) for page in pages)
    else:
        ledger = Ledger(clients, settings.lake_bucket)
        report = check_parity(contract, store, Athena(clients), ledger, timedelta(seconds=int(grace_seconds)))
        found = {
            "checked": report.checked,
            "in_flight": report.in_flight,
            "counts": {str(kind): count for kind, count in report.counts.items()},
            "samples": [[str(item.kind), item.key, item.field] for item in report.samples],
        }
    print(json.dumps(found | {"cpu": time.process_time(), "bytes": peak_bytes(os.getpid())}))


if __name__ == "__main__":
    main(*sys.argv[1:])
