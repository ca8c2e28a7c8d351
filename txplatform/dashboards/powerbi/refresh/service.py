"""The REST API of Power BI, as far as refreshes need it.

https://learn.microsoft.com/power-bi/connect-data/asynchronous-refresh (enhanced refresh) and
https://learn.microsoft.com/rest/api/power-bi/datasets/get-refresh-execution-details-in-group
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from txplatform.client import jsontext
from txplatform.client.errors import DataApiError, InvalidRequestError
from txplatform.client.problems import error_of
from txplatform.client.timing import Clock, Retries
from txplatform.client.tokens import ClientCredentials
from txplatform.client.transport import Answer, Request, Transport
from txplatform.dashboards.powerbi.errors import PowerBiError, PowerBiUnavailableError
from txplatform.dashboards.powerbi.refresh.state import RefreshState, read_state

API = "https://api.powerbi.com/v1.0/myorg"
# Power BI throttles by the minute and says how long: https://learn.microsoft.com/rest/api/power-bi, throttling.
_RETRIES = Retries(attempts=8, first_wait=1.0, longest_wait=30.0, attempt_seconds=60.0, total_seconds=600.0)
_JSON = {"content-type": "application/json"}


class SemanticModels:
    """The semantic models of a workspace. Every method raises PowerBiError, or PowerBiUnavailableError."""

    def __init__(
        self, workspace: str, credentials: ClientCredentials, url: str = API, clock: Clock | None = None
    ) -> None:
        self.clock = clock or Clock()
        self._transport = Transport(url, credentials, _RETRIES, self.clock, _error_of)
        self._workspace = workspace

    def start(self, model: str, body: Mapping[str, Any]) -> str | None:
        """Start a refresh and return its id; None where another one is under way, of which there is one at a time."""
        request = Request("POST", self._path(model), jsontext.dumps(dict(body)), _JSON)
        refused: DataApiError | None = None
        for _ in range(2):  # the other one may end between the refusal and the look at it
            try:
                return _id(model, self._transport.call(request))
            except InvalidRequestError as error:
                refused = error
                if self._is_under_way(model):
                    return None
            except DataApiError as error:
                raise _translated(error) from error
        assert refused is not None
        raise _translated(refused) from refused

    def state(self, model: str, refresh: str) -> RefreshState:
        """How far a refresh is."""
        return read_state(self._read("GET", f"{self._path(model)}/{quote(refresh, safe='')}"))

    def cancel(self, model: str, refresh: str) -> None:
        """Ask a refresh to end. What it has loaded is not committed."""
        self._read("DELETE", f"{self._path(model)}/{quote(refresh, safe='')}")

    def _is_under_way(self, model: str) -> bool:
        """Whether the latest refresh of a model has not ended."""
        latest = self._read("GET", f"{self._path(model)}?$top=1").get("value") or [{}]
        return latest[0].get("status") == "Unknown" and not latest[0].get("endTime")

    def _path(self, model: str) -> str:
        return f"/groups/{quote(self._workspace, safe='')}/datasets/{quote(model, safe='')}/refreshes"

    def _read(self, method: str, path: str) -> dict[str, Any]:
        try:
            return _document(self._transport.call(Request(method, path)))
        except DataApiError as error:
            raise _translated(error) from error


def _id(model: str, answer: Answer) -> str:
    """The id of a refresh that was taken."""
    location = answer.headers.get("location", "").rstrip("/")
    if not location:
        raise PowerBiError(f"Power BI took a refresh of {model} and did not say which one it is")
    return location.rpartition("/")[2]


def _document(answer: Answer) -> dict[str, Any]:
    if not answer.body:
        return {}
    try:
        document = jsontext.loads(answer.body)
    except ValueError as error:
        raise PowerBiUnavailableError("Power BI answered something that is no JSON") from error
    return document if isinstance(document, dict) else {}


def _error_of(status: int, body: bytes, correlation_id: str) -> DataApiError:
    """The error of an answer, whose code and message Power BI wraps in `error`."""
    try:
        wrapped = jsontext.loads(body)["error"]
        code, message = str(wrapped["code"]), str(wrapped.get("message") or wrapped["code"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return error_of(status, b"", correlation_id)
    return error_of(status, jsontext.dumps({"code": code, "detail": message}), correlation_id)


def _translated(error: DataApiError) -> PowerBiError:
    kind = PowerBiUnavailableError if error.retryable else PowerBiError
    remedies = {401: "check the secret of the service principal", 403: "let the service principal into the workspace",
                404: "check the ids of workspace and model"}  # fmt: skip
    remedy = remedies.get(error.status)
    return kind(f"Power BI: {error}" + (f". Remedy: {remedy}" if remedy else ""))
