"""Personal fields over HTTP: a token's scope decides, behind the gateway's cache, with tokens of both providers."""

from txplatform.local.stack import LocalStack
from txplatform_tests.local.test_api import LATER, call, entra_token, payment, token_for


def test_personal_fields_are_for_tokens_with_their_scope_whatever_the_gateway_has_cached(
    stack: LocalStack,
) -> None:
    payments = f"{stack.environment['TXP_API_URL']}/v1/payments"
    token = token_for(stack).json["access_token"]
    record = payment(payer_name="Ada Lovelace", card_last4="4242")
    url = f"{payments}/{record['payment_id']}"
    assert call("POST", payments, record, token).status == 201
    scopes = "txplatform/payments.read txplatform/payments.write"
    blind = token_for(stack, scopes).json["access_token"]
    masked = {name: value for name, value in record.items() if name not in ("payer_name", "card_last4")}
    for seeing in (
        token,
        entra_token(stack),
        token_for(stack, f"{scopes} txplatform/payments.personal").json["access_token"],
    ):
        for _ in range(2):
            whole, answer = (call("GET", url, token=each) for each in (seeing, blind))
            assert (whole.json, answer.json) == (record, masked)
            assert (whole.headers.get("masked-fields"), answer.headers["masked-fields"]) == (
                None,
                "card_last4, payer_name",
            )
            assert {each.headers["cache-control"] for each in (whole, answer)} == {"no-store"}
            assert whole.headers["etag"] != answer.headers["etag"]
    refused = call("PUT", url, masked | {"updated_at": LATER}, blind)
    assert (refused.status, refused.json["code"]) == (403, "insufficient_scope")
    tag = call("GET", url, token=blind).headers["etag"]
    patch = {"content-type": "application/merge-patch+json", "if-match": tag}
    assert call("PATCH", url, {"updated_at": LATER}, blind, patch).json == masked | {"updated_at": LATER}
    assert call("GET", url, token=token).json == record | {"updated_at": LATER}
