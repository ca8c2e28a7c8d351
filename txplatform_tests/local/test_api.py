"""The deployed API over HTTP, with machine tokens of the running stack."""

import base64
import gzip
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any
from urllib.parse import quote, urlencode

import jwt
import pytest
from moto.utilities.utils import load_resource

from txplatform.clock import timestamp_text, utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.demo.api_reads import ApiReads, Provider
from txplatform.local.clients import LocalClients
from txplatform.local.stack import LocalStack
from txplatform_tests.lambdas.authorizer import providers as signers
from txplatform_tests.lambdas.authorizer.bad_tokens import COMMON
from txplatform_tests.lambdas.authorizer.bad_tokens_of_kinds import COGNITO

EXAMPLES = {name: {item.name: item.example for item in contract.fields} for name, contract in load_contracts().items()}

LATER = timestamp_text(utc_now())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def call(
    method: str, url: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send a request; `body` is sent as JSON, of a media type of its own where the headers name one, or as bytes."""
    plain = isinstance(body, bytes) or body is None
    data = body if plain else json.dumps(body).encode()
    sent = ({} if plain else {"Content-Type": "application/json"}) | dict(headers or {})
    sent |= {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, data, sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answer(response.status, _lower(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers), error.read())


def token_for(stack: LocalStack, scope: str | None = None) -> Answer:
    env = stack.environment
    basic = base64.b64encode(f"{env['TXP_CLIENT_ID']}:{env['TXP_CLIENT_SECRET']}".encode()).decode()
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
    return call("POST", env["TXP_TOKEN_URL"], urlencode(form).encode(), headers={"Authorization": f"Basic {basic}"})


def entra_token(stack: LocalStack) -> str:
    env = stack.environment
    form = {
        "grant_type": "client_credentials",
        "client_id": env["TXP_ENTRA_CLIENT_ID"],
        "client_secret": env["TXP_ENTRA_CLIENT_SECRET"],
        "scope": env["TXP_ENTRA_SCOPE"],
    }
    return call("POST", env["TXP_ENTRA_TOKEN_URL"], urlencode(form).encode()).json["access_token"]


@pytest.fixture
def payments(stack: LocalStack) -> str:
    return f"{stack.environment['TXP_API_URL']}/v1/payments"


@pytest.fixture
def token(stack: LocalStack) -> str:
    """A token with every scope of the machine client."""
    return token_for(stack).json["access_token"]


def payment(**changes: Any) -> dict[str, Any]:
    return EXAMPLES["payments"] | {"payment_id": f"api-{uuid.uuid4().hex[:12]}"} | changes


def test_a_record_is_created_read_replaced_listed_and_deleted(payments: str, token: str) -> None:
    record = payment(amount="0.10")
    key = record["payment_id"]
    created = call("POST", payments, record, token)
    assert created.status == 201
    assert created.headers["location"].endswith(f"/v1/payments/{key}")
    assert call("POST", payments, record, token).status == 200
    assert call("POST", payments, record | {"amount": "0.20"}, token).status == 409

    assert call("GET", f"{payments}/{key}", token=token).json == record
    newer = record | {"status": "refunded", "amount": "0.20", "updated_at": LATER}
    assert call("PUT", f"{payments}/{key}", newer, token).status == 200
    assert call("GET", f"{payments}/{key}", token=token).json == newer
    assert call("PUT", f"{payments}/{key}", record, token).status == 409

    listed = call("GET", f"{payments}?limit=100", token=token)
    assert listed.status == 200
    assert "items" in listed.json
    assert call("DELETE", f"{payments}/{key}", token=token).status == 204
    assert call("GET", f"{payments}/{key}", token=token).status == 404


def test_documents_are_served_as_the_environment_opens_them(stack: LocalStack, token: str) -> None:
    api = stack.environment["TXP_API_URL"]
    assert call("GET", f"{api}/health").json["status"] == "ok"
    document = call("GET", f"{api}/v1/openapi.json")
    assert "/v1/trades/batch" in document.json["paths"]
    tag = {"If-None-Match": document.headers["etag"]}
    assert call("GET", f"{api}/v1/openapi.json", headers=tag).status == 304
    schema = f"{api}/v1/schemas/trades"
    assert call("GET", schema).status == 401
    assert call("GET", schema, token=token).json["title"]
    narrow = token_for(stack, "txplatform/payments.read").json["access_token"]
    assert call("GET", schema, token=narrow).status == 403


def test_records_are_looked_up_by_an_index_and_paged(payments: str, token: str) -> None:
    customer = f"cus {uuid.uuid4().hex[:8]}+&="
    days = [f"2026-03-0{number}T00:00:00.000000Z" for number in (2, 3, 1)]
    for day in days:
        assert call("POST", payments, payment(customer_id=customer, created_at=day), token).status == 201
    query = {"customer_id": customer, "order": "desc", "limit": "1", "fields": "created_at"}
    found: list[str] = []
    while True:
        page = call("GET", f"{payments}?{urlencode(query)}", token=token).json
        found += [record["created_at"] for record in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert found == sorted(days, reverse=True)

    bounded = urlencode({"customer_id": customer, "created_at.gte": days[0], "created_at.lt": days[1]})
    assert [record["created_at"] for record in call("GET", f"{payments}?{bounded}", token=token).json["items"]] == [
        days[0]
    ]
    for refused in (
        "colour=red",
        "currency=EUR",
        "status=active",
        f"{bounded}&cursor={query['cursor']}",
        "limit=1&limit=2",
    ):
        assert call("GET", f"{payments}?{refused}", token=token).status == 400, refused


def test_conditions_patches_and_idempotency_keys_pass_the_gateway(payments: str, token: str) -> None:
    record = payment(amount="0.10")
    url = f"{payments}/{record['payment_id']}"
    created = call("PUT", url, record, token, {"If-None-Match": "*", "Idempotency-Key": "first"})
    assert (created.status, call("GET", url, token=token).headers["etag"]) == (201, created.headers["etag"])
    assert call("PUT", url, record, token, {"If-None-Match": "*"}).status == 412
    again = call("PUT", url, record, token, {"If-None-Match": "*", "Idempotency-Key": "first"})
    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, record, "true")
    unchanged = call("GET", url, token=token, headers={"If-None-Match": created.headers["etag"]})
    assert (unchanged.status, unchanged.body) == (304, b"")

    patch = {"amount": "0.20", "updated_at": LATER}
    merge = {"Content-Type": "application/merge-patch+json", "If-Match": created.headers["etag"]}
    patched = call("PATCH", url, patch, token, merge)
    assert (patched.status, patched.json) == (200, record | patch)
    assert call("PATCH", url, patch, token, merge).status == 412
    assert call("DELETE", url, token=token, headers={"If-Match": patched.headers["etag"]}).status == 204


def test_a_body_may_come_as_gzip(payments: str, token: str) -> None:
    record = payment()
    coded = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(record).encode())
    assert call("POST", payments, body, token, coded).json == record
    assert call("POST", payments, body, token, {**coded, "Content-Encoding": "br"}).status == 415
    assert call("POST", payments, b"<x/>", token, {"Content-Type": "text/xml"}).status == 415


def test_a_key_with_a_slash_travels_through_the_path(payments: str, token: str) -> None:
    record = payment(payment_id=f"a/b #%?-{uuid.uuid4().hex[:6]}")
    location = call("POST", payments, record, token).headers["location"]
    assert (
        call("GET", payments.removesuffix("/v1/payments") + location[location.index("/v1/") :], token=token).json
        == record
    )
    key = record["payment_id"]
    for character in "%#/?":
        key = key.replace(character, quote(character, safe=""))
    assert call("GET", f"{payments}/{quote(key, safe='')}", token=token).json == record


def test_one_bad_record_of_a_batch_does_not_stop_the_others(payments: str, token: str) -> None:
    operations = [{"op": "upsert", "record": payment()}, {"op": "upsert", "record": payment(currency="???")}]
    answer = call("POST", f"{payments}/batch", {"operations": operations}, token)
    assert answer.status == 200
    assert [result["status"] for result in answer.json["results"]] == ["written", "rejected"]
    assert answer.json["results"][1]["errors"][0]["field"] == "currency"


def test_violations_are_named(payments: str, token: str) -> None:
    answer = call("POST", payments, payment(amount="-1.005"), token)
    assert answer.status == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "amount" in {error["field"] for error in answer.json["errors"]}


@pytest.mark.parametrize("bad", [None, "nonsense", "a.b.c"])
def test_without_a_valid_token_nothing_passes(payments: str, bad: str | None) -> None:
    answer = call("POST", payments, payment(), bad)
    assert (answer.status, answer.json) == (
        (401, {"message": "Unauthorized"}) if bad is None else (403, {"message": "Forbidden"})
    )


def test_no_bad_token_opens_the_deployed_api_and_none_makes_it_fail(stack: LocalStack, payments: str) -> None:
    """The whole table for Cognito, signed with the pool's own key, over HTTP."""
    private = load_resource("cognitoidp/resources/jwks-private.json")
    pool = LocalClients(stack.environment["AWS_ENDPOINT_URL"])("cognito-idp").list_user_pools(MaxResults=1)[
        "UserPools"
    ][0]
    of_pool = {
        "iss": f"https://cognito-idp.us-east-1.amazonaws.com/{pool['Id']}",
        "client_id": stack.environment["TXP_CLIENT_ID"],
    }
    model = signers.cognito()
    key: Any = jwt.PyJWK(private, "RS256").key
    signer = signers.Provider("pool", model.settings, {**model.standing, **of_pool}, key, [{}])
    assert call("GET", payments, token=signer.token()).status == 200
    statuses: dict[str, int] = {}
    for name, (_, make) in {**COMMON, **COGNITO}.items():
        token = make(signer)
        if token and token.isprintable() and token.isascii():  # no client can send another header
            statuses[name] = call("GET", payments, token=token).status
    assert len(statuses) > 100
    assert {name: status for name, status in statuses.items() if status not in (401, 403, 431)} == {}


def test_a_token_opens_what_its_scope_names_and_no_more(stack: LocalStack, payments: str) -> None:
    read = token_for(stack, "txplatform/payments.read").json["access_token"]
    write = token_for(stack, "txplatform/payments.write").json["access_token"]
    assert call("GET", payments, token=read).status == 200
    assert call("POST", payments, payment(), read).status == 403
    assert call("GET", payments, token=write).status == 403
    assert call("POST", payments, payment(), write).status == 201
    trades = payments.replace("payments", "trades")
    assert call("GET", trades, token=read).status == 403


def test_a_token_of_entra_opens_the_same_api(stack: LocalStack, payments: str, token: str) -> None:
    of_entra = entra_token(stack)
    record = payment()
    assert call("POST", payments, record, of_entra).status == 201
    url = f"{payments}/{record['payment_id']}"
    assert call("GET", url, token=of_entra).json == call("GET", url, token=token).json == record


def test_a_demo_reads_as_a_client_of_each_provider(stack: LocalStack, payments: str, token: str) -> None:
    call("POST", payments, payment(), token)
    api_url, providers = stack.environment["TXP_API_URL"], Provider.both(stack.environment)
    assert list(ApiReads(api_url, providers).problems("payments")) == ["", ""]
    wrong = replace(providers[1], credentials=replace(providers[1].credentials, client_secret="wrong"))
    good, bad = ApiReads(api_url, (providers[0], wrong)).problems("payments")
    assert (good, "Entra ID failed: 401 invalid_client" in bad) == ("", True)


def test_a_token_is_not_given_for_a_scope_nobody_granted(stack: LocalStack) -> None:
    answer = token_for(stack, "txplatform/payments.everything")
    assert (answer.status, answer.json) == (400, {"error": "invalid_scope"})


def test_unknown_paths(payments: str, token: str) -> None:
    assert call("GET", payments.replace("payments", "unicorns"), token=token).status == 404
    assert call("PATCH", payments, {}, token).status == 404


def test_published_dashboards_are_served(stack: LocalStack) -> None:
    clients = LocalClients(stack.environment["AWS_ENDPOINT_URL"])
    page = "<p>grüezi</p>".encode()
    clients("s3").put_object(
        Bucket=stack.environment["TXP_LAKE_BUCKET"],
        Key="dashboards/test page.html",
        Body=page,
        ContentType="text/html; charset=utf-8",
    )
    url = stack.environment["TXP_DASHBOARDS_URL"]
    answer = call("GET", f"{url}/test%20page.html")
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "text/html; charset=utf-8", page)
    assert call("GET", f"{url}/none.html").status == 404
    assert call("POST", f"{url}/test%20page.html", b"").status == 405
