"""QuickSight in an account: one call at a time, checked by the service's model, its answers and failures in words."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from txplatform.contracts.names import PREFIX
from txplatform.dashboards.quicksight.model import Kind, check
from txplatform.errors import QuickSightError

if TYPE_CHECKING:
    from txplatform.aws import AwsClients

DIGEST = f"{PREFIX}:digest"
_LISTS = {
    Kind.DATA_SOURCE: ("list_data_sources", "DataSources"),
    Kind.DATA_SET: ("list_data_sets", "DataSetSummaries"),
    Kind.ANALYSIS: ("list_analyses", "AnalysisSummaryList"),
    Kind.DASHBOARD: ("list_dashboards", "DashboardSummaryList"),
}
_POLL_SECONDS = 0.2, 5.0
_LONGEST_SECONDS = 300


class Account:
    """Calls that raise QuickSightError, or AwsUnavailableError where AWS is not reached."""

    def __init__(self, clients: "AwsClients", account: str) -> None:
        self.id = account
        self._clients = clients

    @classmethod
    def of(cls, clients: "AwsClients") -> "Account":
        """The account of these credentials."""
        with clients.translate_errors():
            return cls(clients, clients.client("sts").get_caller_identity()["Account"])

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Check a request by the model and make it; `operation` has its name in the model."""
        request = {"AwsAccountId": self.id, **members} if operation not in _OF_ARNS else members
        check(operation, request)
        client: Any = self._clients.client("quicksight")
        name = "".join(
            f"_{character.lower()}" if character.isupper() else character for character in operation
        ).removeprefix("_")
        try:
            with self._clients.translate_errors():
                return getattr(client, name)(**request)
        except ClientError as error:
            answer = error.response.get("Error", {})
            raise QuickSightError(
                f"{operation} failed: {answer.get('Code')}: {answer.get('Message') or error}", answer.get("Code", "")
            ) from error

    def deployed(self, kind: Kind) -> dict[str, str]:
        """The platform's resources of a kind: their ids and ARNs."""
        operation, key = _LISTS[kind]
        client: Any = self._clients.client("quicksight")
        try:
            with self._clients.translate_errors():
                pages = client.get_paginator(operation).paginate(AwsAccountId=self.id)
                items = [item for page in pages for item in page[key]]
        except ClientError as error:
            raise QuickSightError(f"{operation} failed: {error}") from error
        own = [item for item in items if item[f"{kind}Id"].startswith(f"{PREFIX}-")]
        return {item[f"{kind}Id"]: item["Arn"] for item in own if item.get("Status") != "DELETED"}

    def digest(self, arn: str) -> str:
        """Of which request a resource is, empty where it is not tagged."""
        tags = self.call("ListTagsForResource", ResourceArn=arn)["Tags"]
        return next((tag["Value"] for tag in tags if tag["Key"] == DIGEST), "")

    def wait(self, kind: Kind, name: str, version: dict[str, int]) -> None:
        """Wait until a resource, or a dashboard's version, is made; raise QuickSightError with its errors."""
        for _ in pauses(_LONGEST_SECONDS, f"{kind} {name} is not made"):
            found = self.call(f"Describe{kind}", **{f"{kind}Id": name}, **version)[kind]
            found = found.get("Version", found)
            status = found.get("Status", "CREATION_SUCCESSFUL")  # a data set has none
            if status.endswith("_FAILED"):
                raise QuickSightError(f"{kind} {name}: {status}: {found.get('Errors') or found.get('ErrorInfo')}")
            if status.endswith("_SUCCESSFUL"):
                return


_OF_ARNS = ("TagResource", "ListTagsForResource")


def pauses(longest: float, problem: str) -> Iterator[None]:
    """Yield before each look at something that goes on, with longer pauses; raise QuickSightError after `longest`."""
    pause, most = _POLL_SECONDS
    end = time.monotonic() + longest
    while time.monotonic() < end:
        yield
        time.sleep(pause)
        pause = min(2 * pause, most)
    raise QuickSightError(f"{problem} after {longest:.0f} seconds")
