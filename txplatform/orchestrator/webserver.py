"""Requests to Dagster's webserver: one GraphQL document each, the answer checked, every failure one kind of error.

Nothing of Dagster is imported. Proxies that the environment names are not used: the webserver is private.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from txplatform.errors import OrchestratorError

_REQUEST_SECONDS = 30.0
_CONNECT_SECONDS = 5.0


class Webserver:
    """The webserver at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_REQUEST_SECONDS)
        self._http = urllib3.PoolManager(retries=False, timeout=timeout)

    def ask(self, subject: str, document: str, variables: Mapping[str, Any], *expected: str) -> dict[str, Any]:
        """Return the answer's one field, of one of the GraphQL types `expected`.

        Raise OrchestratorError, about the `subject`, when Dagster refuses the request or does not answer it.
        """
        answer = self._answer(subject, {"query": document, "variables": variables})
        for error in answer.get("errors") or ():
            raise self._error(subject, str(error.get("message", error)))
        (result,) = answer["data"].values()
        if result["__typename"] not in expected:
            raise self._error(subject, f"{result['__typename']}: {_message(result)}")
        return result

    def _answer(self, subject: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"content-type": "application/json"}
        try:
            answer = self._http.request("POST", f"{self._url}/graphql", body=json.dumps(body), headers=headers)
        except HTTPError as error:
            raise self._error(subject, f"{error}. Remedy: start Dagster, or set TXP_DAGSTER_URL to its UI") from error
        try:
            document = json.loads(answer.data)
        except ValueError as error:
            said = HTTPStatus(answer.status).phrase if answer.status != HTTPStatus.OK else "the answer is no JSON"
            raise self._error(subject, f"{answer.status} {said}") from error
        if not isinstance(document, dict) or not (document.get("data") or document.get("errors")):
            raise self._error(subject, f"{answer.status}: the answer is not one of GraphQL")
        return document

    def _error(self, subject: str, problem: str) -> OrchestratorError:
        return OrchestratorError(f"{subject}: Dagster at {self._url}: {problem}")


def _message(result: Mapping[str, Any]) -> str:
    """What an error of the schema says; that of an invalid configuration lists its errors."""
    listed = "; ".join(str(error.get("message", error)) for error in result.get("errors") or ())
    return str(result.get("message") or listed)
