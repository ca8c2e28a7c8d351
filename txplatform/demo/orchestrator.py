"""Launches and follows Dagster's runs from outside the code location, with Dagster's GraphQL client.

Importing that client takes a moment, so this module is imported where a run is launched.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

from txplatform.errors import OrchestratorError

LOCATION = "txplatform"  # location_name in workspace.yaml
REPOSITORY = "__repository__"
_REQUEST_SECONDS = 30
_POLL_SECONDS = 0.5
_RUN_ENDS = {"SUCCESS", "FAILURE", "CANCELED"}


class DirectTransport(RequestsHTTPTransport):
    """Sends requests to the webserver of this machine itself, whatever proxies the environment names."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url.rstrip('/')}/graphql", timeout=_REQUEST_SECONDS)

    def connect(self) -> None:
        super().connect()
        assert self.session is not None
        self.session.trust_env = False


class Orchestrator:
    """The Dagster webserver at `url`. Every method raises OrchestratorError if it refuses or does not answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = DagsterGraphQLClient(urlsplit(url).netloc, transport=DirectTransport(url))

    def launch(self, job: str) -> str:
        """Launch a job of the code location; return the id of its run."""
        with self._errors_about(f"job {job}"):
            return self._client.submit_job_execution(job, LOCATION, REPOSITORY)

    def wait(self, run_id: str, timeout_seconds: float) -> str:
        """Wait for the end of a run; return SUCCESS, FAILURE or CANCELED."""

        def status() -> str:
            with self._errors_about(f"run {run_id}"):
                return self._client.get_run_status(run_id).value

        return follow(f"run {run_id}", status, _RUN_ENDS, timeout_seconds)

    @contextmanager
    def _errors_about(self, subject: str) -> Iterator[None]:
        try:
            yield
        except DagsterGraphQLClientError as error:
            raise OrchestratorError(f"{subject}: Dagster at {self._url}: {_reason(error)}") from error


def follow(subject: str, read_status: Callable[[], str], ends: Collection[str], timeout_seconds: float) -> str:
    """Read a status until it is one of `ends` and return it; raise OrchestratorError after `timeout_seconds`."""
    deadline = time.monotonic() + timeout_seconds
    while (status := read_status()) not in ends:
        if time.monotonic() > deadline:
            raise OrchestratorError(f"{subject} is {status} after {timeout_seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    return status


def _reason(error: DagsterGraphQLClientError) -> str:
    """The message of Dagster or of the connection, without the query text that the client puts around it."""
    cause = error.__cause__
    if cause is None:
        return ": ".join(map(str, error.args))
    if isinstance(cause, TransportQueryError) and cause.errors:
        return cause.errors[0]["message"]
    return str(cause)
