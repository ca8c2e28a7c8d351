"""Brings valid requests to what the document cannot say, so that they get past the first check and reach the store.

A version lies in the past, and after what is stored; a created record has a key of its own, a replaced one that of its
path; an idempotency key is of one request; a list is by one index; and there is one precondition. One request in eight
stays as it was generated.
"""

import hashlib
import json
import re
from itertools import count
from typing import Any
from urllib.parse import unquote

import schemathesis
from schemathesis.generation.meta import TestPhase

from lambdas.shared.record_key import key_values
from txplatform.contracts.model import Contract
from txplatform_tests.generated.documented import CONTRACTS, is_documented

_IDEMPOTENCY_KEY = "Idempotency-Key"
_ENTITY_PATH = re.compile(rf"/v1/({'|'.join(CONTRACTS)})(/.*)?")
_versions = count(1)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Change a valid request before it is sent."""
    found = _ENTITY_PATH.fullmatch(case.path)
    if case.meta is None or not case.meta.generation.mode.is_positive or found is None:
        return
    if _digest(case) % 8:
        _steer(case, CONTRACTS[found[1]], found[2] or "")
    if _IDEMPOTENCY_KEY in (case.headers or {}):
        case.headers[_IDEMPOTENCY_KEY] = f"{case.headers[_IDEMPOTENCY_KEY][:200]}-{_digest(case):032x}"


def _steer(case: Any, contract: Contract, rest: str) -> None:
    digest, headers = _digest(case), case.headers or {}
    if "If-Match" in headers and "If-None-Match" in headers:
        del headers["If-Match" if digest % 2 else "If-None-Match"]
    if rest == "" and case.method == "GET":
        _keep_one_index(contract, case, digest)
    for record in _records(case.body):
        if rest == "" and case.meta.phase.name is not TestPhase.STATEFUL:
            _give_a_key(contract, record, digest)
        if contract.version_field in record:
            record[contract.version_field] = f"2020-01-01T00:00:00.{next(_versions) % 1_000_000:06}Z"
    if rest == "/{key}" and isinstance(case.body, dict):
        _take_the_key(contract, case.body, unquote(case.path_parameters["key"]))


def _digest(case: Any) -> int:
    """A number of the request, the same in every run."""
    preconditions = [(case.headers or {}).get(name) for name in ("If-Match", "If-None-Match")]
    parts = [case.method, case.path, case.path_parameters, case.query, case.body, preconditions]
    text = json.dumps(parts, sort_keys=True, default=str)
    return int(hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32], 16)


def _records(body: Any) -> list[dict[str, Any]]:
    if not isinstance(body, dict):
        return []
    operations = body.get("operations")
    return [item["record"] for item in operations] if isinstance(operations, list) else [body]


def _give_a_key(contract: Contract, record: dict[str, Any], digest: int) -> None:
    """Lengthen the last text of the key, where its rules allow that."""
    name = contract.key[-1]
    if name in record:
        longer = f"{record[name]}{digest % 16**12:012x}"
        if is_documented(contract, name, longer):
            record[name] = longer


def _take_the_key(contract: Contract, record: dict[str, Any], key: str) -> None:
    """Give a record the key of its path, where that has as many values and they obey the rules of their fields."""
    values = dict(zip(contract.key, key_values(key), strict=False))
    if values.keys() == set(contract.key) and all(is_documented(contract, *item) for item in values.items()):
        record.update((name, value) for name, value in values.items() if name in record)


def _keep_one_index(contract: Contract, case: Any, digest: int) -> None:
    """Keep one of the indexed fields that the query names, or no bounds where it names none."""
    query = case.query if case.query is not None else {}
    query.pop("cursor", None)
    given = [index.field for index in contract.indexes if index.field in query]
    for name in [name for name in given if name != given[digest % len(given)]]:
        del query[name]
    if not given:
        for name in [name for name in query if "." in name or name == "order"]:
            del query[name]
