"""Renews the copy of a data set in SPICE, and waits for its end."""

from dataclasses import dataclass
from typing import Any

from txplatform.dashboards.quicksight.account import Account, pauses
from txplatform.errors import QuickSightError

_LONGEST_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Ingested:
    """An ingestion that has completed; `rows` is None where QuickSight does not say it."""

    data_set: str
    ingestion_id: str
    rows: int | None


def ingest(account: Account, data_set: str, ingestion_id: str) -> Ingested:
    """Start an ingestion, or find the one of that id again, and wait for it; raise QuickSightError if it fails."""
    place: dict[str, Any] = {"DataSetId": data_set, "IngestionId": ingestion_id}
    try:
        account.call("CreateIngestion", **place, IngestionType="FULL_REFRESH")
    except QuickSightError as error:
        if error.answer == "ResourceNotFoundException":
            problem = f"data set {data_set} is not deployed. Remedy: txplatform quicksight deploy"
            raise QuickSightError(problem, error.answer) from error
        if error.answer != "ResourceExistsException":  # a step that died and is repeated
            raise
    for _ in pauses(_LONGEST_SECONDS, f"ingestion {ingestion_id} of {data_set} has not ended"):
        found = account.call("DescribeIngestion", **place)["Ingestion"]
        match found["IngestionStatus"]:
            case "COMPLETED":
                return Ingested(data_set, ingestion_id, found.get("RowInfo", {}).get("RowsIngested"))
            case "FAILED" | "CANCELLED":
                problem = found.get("ErrorInfo", {})
                raise QuickSightError(
                    f"ingestion {ingestion_id} of {data_set} {found['IngestionStatus'].lower()}: "
                    f"{problem.get('Type', 'no reason given')}: {problem.get('Message', '')}"
                )
            case _:
                continue
    raise AssertionError("pauses end by an error")
