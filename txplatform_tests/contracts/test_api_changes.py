"""Which changes of the OpenAPI document break clients, change by change."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from txplatform.contracts.api_changes import breaking_changes
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.openapi import openapi_document

Change = Callable[[dict[str, Any]], None]
FORMER = openapi_document({"payments": load_contracts()["payments"]}, "/", "https://pool.example.com/token")
LIST, ONE = "/v1/payments", "/v1/payments/{key}"


def at(*place: str | int, **members: Any) -> Change:
    """Set members of what is at a place; one that is None is removed. `_` ends a name that Python has."""

    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for part in place:
            target = target[part]
        for name, value in members.items():
            key = name.rstrip("_").replace("__", "/")
            target.pop(key) if value is None else target.__setitem__(key, value)

    return change


def renamed(*place: str) -> Change:
    """Give a member of an object another name, the last one."""

    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for part in place[:-2]:
            target = target[part]
        target[place[-1]] = target.pop(place[-2])

    return change


def removed(*place: str | int) -> Change:
    """Remove a member of an object or of a list."""

    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for part in place[:-1]:
            target = target[part]
        last = place[-1]
        target.remove(last) if isinstance(target, list) and isinstance(last, str) else target.pop(last)

    return change


def appended(value: Any, *place: str | int) -> Change:
    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for part in place:
            target = target[part]
        target.append(value)

    return change


def field(name: str, **members: Any) -> Change:
    """Change the rules of a field of the record, which is in requests and in answers."""
    return at("components", "schemas", "payments", "properties", name, **members)


def only(side: str, **members: Any) -> Change:
    """Give the request or the answer of PUT a schema of its own, in which one field is changed."""

    def change(document: dict[str, Any]) -> None:
        record = copy.deepcopy(document["components"]["schemas"]["payments"])
        record["properties"]["order_reference"].update(members)
        put = document["paths"][ONE]["put"]
        holder = put["requestBody"] if side == "request" else put["responses"]["200"]
        holder["content"]["application/json"]["schema"] = record

    return change


PARAMETER = {"name": "colour", "in": "query", "schema": {"type": "string"}}
CONTENT = ("content", "application/json", "schema")
PROBLEM = ("components", "schemas", "Problem")
BREAKING: dict[str, Change] = {
    "path renamed": renamed("paths", "/v1/payments/batch", "/v2/payments/batch"),
    "all paths renamed": lambda document: document.update(
        paths={path.replace("/v1/", "/v2/"): item for path, item in document["paths"].items()}
    ),
    "method replaced by another": renamed("paths", ONE, "put", "post"),
    "parameter renamed": at("paths", LIST, "get", "parameters", 0, name="size"),
    "body replaced by words of another kind": lambda document: (
        document["paths"][LIST]["post"].update(requestBody=None, deprecated=True)
        or document["paths"][LIST]["post"].pop("requestBody")
    ),
    "status replaced by another": renamed("paths", ONE, "get", "responses", "200", "206"),
    "scope replaced by another": lambda document: [
        option.update({scheme: ["another"]})
        for option in document["paths"][ONE]["get"]["security"]
        for scheme in option
    ],
    "a condition is asked for": at("paths", ONE, "put", "responses", **{"428": {"description": "x"}}),
    "a field became personal": field("amount", **{"x-personal": True}),
    "path removed": removed("paths", "/v1/payments/batch"),
    "method removed": removed("paths", ONE, "patch"),
    "name of an operation changed": at("paths", ONE, "get", operationId="read_payment"),
    "parameter removed": removed("paths", LIST, "get", "parameters", 0),
    "parameter of a path removed": removed("paths", ONE, "parameters"),
    "required parameter added": appended({**PARAMETER, "required": True}, "paths", LIST, "get", "parameters"),
    "parameter became required": at("paths", LIST, "get", "parameters", 0, required=True),
    "parameter narrowed": at("paths", LIST, "get", "parameters", 0, "schema", maximum=50),
    "body removed": removed("paths", LIST, "post", "requestBody"),
    "media type of the body removed": removed("paths", LIST, "post", "requestBody", "content", "application/json"),
    "required body added": at("paths", LIST, "get", requestBody={"required": True, "content": {}}),
    "status removed": removed("paths", ONE, "get", "responses", "304"),
    "success of another kind added": at("paths", ONE, "get", "responses", **{"206": {"description": "Part"}}),
    "header of an answer removed": removed("paths", ONE, "get", "responses", "200", "headers", "ETag"),
    "media type of an answer removed": at("components", "responses", "404", content={}),
    "scheme of tokens removed": removed("paths", LIST, "get", "security", 1),
    "another scope needed": appended("txplatform/payments.admin", "paths", LIST, "get", "security", 0, "bearer"),
    "token needed": at("paths", "/health", "get", security=[{"bearer": []}]),
    "field removed": removed("components", "schemas", "payments", "properties", "fee"),
    "field of an answer removed": removed(*PROBLEM, "properties", "code"),
    "field of an answer may be missing": removed(*PROBLEM, "required", "code"),
    "field of a request became required": appended("channel", "components", "schemas", "payments_batch", "required"),
    "value added to an answer": appended(
        "disputed", "components", "schemas", "payments", "properties", "status", "enum"
    ),
    "value removed": removed("components", "schemas", "payments", "properties", "status", "enum", "failed"),
    "type changed": field("items_count", type="string"),
    "pattern changed": field("card_last4", pattern="^[0-9]{5}$"),
    "format changed": field("created_at", format="date"),
    "request: shorter texts": only("request", maxLength=10),
    "request: longest text added": only("request", minLength=3),
    "request: pattern added": only("request", pattern="^x"),
    "request: values listed": only("request", enum=["A-1"]),
    "request: unknown keyword": only("request", not_={"const": "x"}),
    "answer: longer texts": only("answer", maxLength=1000),
    "request: an earliest time": only("request", **{"x-minimum": "2000-01-01"}),
    "answer: null besides": only("answer", type=["string", "null"]),
    "alternative removed": removed(
        "components", "schemas", "payments_batch", "properties", "operations", "items", "oneOf", 1
    ),
    "items narrowed": at("components", "schemas", "payments_batch", "properties", "operations", maxItems=10),
    "items of an answer widened": at("components", "schemas", "BatchResult", "properties", "written", minimum=-1),
}
HARMLESS: dict[str, Change] = {
    "two optional fields at once": lambda document: [
        document["components"]["schemas"][name]["properties"].update(one={"type": "string"}, two={"type": "string"})
        for name in ("payments", "payments_answered")
    ],
    "nothing": lambda document: None,
    "path added": at("paths", **{"/v1/refunds": {"get": {"operationId": "list_refunds", "responses": {}}}}),
    "method added": at("paths", "/v1/payments/batch", get={"operationId": "x", "responses": {}}),
    "words": at("paths", LIST, "get", summary="Another", description="Another", tags=["x"]),
    "words of a field": field("amount", description="Another", examples=["1.00"], title="Amount"),
    "info, servers, tags": at(info={"title": "x", "version": "v1"}, servers=[{"url": "https://x"}], tags=[]),
    "optional parameter added": appended(PARAMETER, "paths", LIST, "get", "parameters"),
    "parameter widened": at("paths", LIST, "get", "parameters", 0, "schema", maximum=500),
    "order of parameters": lambda document: document["paths"][LIST]["get"]["parameters"].reverse(),
    "order of required": lambda document: document["components"]["schemas"]["payments"]["required"].reverse(),
    "body became optional": at("paths", LIST, "post", "requestBody", required=False),
    "optional body added": at("paths", LIST, "get", requestBody={"content": {"application/json": {}}}),
    "error added": at("paths", ONE, "get", "responses", **{"410": {"description": "Gone"}}),
    "header of an answer added": at("components", "responses", "429", headers={"Retry-After": {}}),
    "another scheme of tokens": appended({"entra": []}, "paths", LIST, "get", "security"),
    "no token needed": at("paths", LIST, "get", security=None),
    "field of an answer added": at(*PROBLEM, "properties", instance={"type": "string"}),
    "optional field added": at("components", "schemas", "payments", "properties", colour={"type": "string"}),
    "request: longer texts": only("request", maxLength=1000),
    "request: null besides": only("request", type=["string", "null"]),
    "answer: shorter texts": only("answer", maxLength=10),
    "answer: pattern added": only("answer", pattern="^x"),
    "answer: an earliest time": only("answer", **{"x-minimum": "2000-01-01"}),
    "note of the platform": only("request", **{"x-note": "2000-01-01"}),
    "alternative of a request added": appended(
        {"type": "object"}, "components", "schemas", "payments_batch", "properties", "operations", "items", "oneOf"
    ),
    "the same schema in place": only("request"),
}


def after(change: Change) -> dict[str, Any]:
    document = copy.deepcopy(FORMER)
    change(document)
    return document


@pytest.mark.parametrize("name", BREAKING)
def test_it_breaks_clients(name: str) -> None:
    assert breaking_changes(FORMER, after(BREAKING[name]))


@pytest.mark.parametrize("name", HARMLESS)
def test_it_breaks_nobody(name: str) -> None:
    assert breaking_changes(FORMER, after(HARMLESS[name])) == []


def test_what_is_taken_back_is_the_opposite() -> None:
    """What narrows in one direction widens in the other: a request that takes more is harmless, an answer is not."""
    wide = after(only("request", maxLength=1000))
    assert breaking_changes(FORMER, wide) == []
    assert breaking_changes(wide, FORMER)


def test_a_change_names_its_place_once() -> None:
    [text] = breaking_changes(FORMER, after(removed("paths", ONE, "patch")))
    assert text == "/v1/payments/{key} patch was removed"


@pytest.mark.parametrize("name", ["type", "enum", "required", "anyOf", "oneOf", "properties"])
def test_a_field_may_have_the_name_of_a_keyword(name: str) -> None:
    def bounded(length: int) -> dict[str, Any]:
        document = copy.deepcopy(FORMER)
        for schema in ("payments", "payments_answered"):
            properties = document["components"]["schemas"][schema]["properties"]
            properties[name] = {"type": "string", "maxLength": length}
        return document

    assert breaking_changes(bounded(20), bounded(200)), "an answer may be longer"
    assert breaking_changes(bounded(200), bounded(20)), "a request may not be so long"
    assert breaking_changes(bounded(20), FORMER), "the field is gone"
    assert breaking_changes(FORMER, bounded(20)) == [], "the field is optional"
