"""The logs of the running stack: who asked for what and how it was answered, and no personal value in any of them."""

import json
from typing import Any

from txplatform.local.stack import LocalStack
from txplatform_tests.local.test_api import EXAMPLES, call, token_for

PERSONAL = ("grace.hopper@example.com", "Grace Brewster", "+15550001906")


def _lines(stack: LocalStack, name: str) -> list[Any]:
    lines = (stack.state.logs / name).read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_call_leaves_its_line_in_the_access_log_and_in_the_audit_log(stack: LocalStack) -> None:
    email, name, phone = PERSONAL
    url, token = stack.environment["TXP_API_URL"], token_for(stack).json["access_token"]
    record = {**EXAMPLES["customers"], "customer_id": "logged-1", "email": email, "name": name, "phone": phone}
    answer = call("PUT", f"{url}/v1/customers/logged-1", record, token, {"x-correlation-id": "logged-order-1"})
    assert answer.status == 201
    for method, path, body in [
        ("GET", f"/v1/customers/{email}", None),
        ("GET", f"/v1/customers?email={email}", None),
        ("PUT", f"/v1/customers/{email}", record),
        ("PUT", "/v1/customers/logged-1", {**record, "email": 7}),
        ("DELETE", f"/v1/customers/{email}?version={phone}", None),
        ("POST", "/v1/customers/batch", {"operations": [{"op": "upsert", "record": record | {"phone": [phone]}}]}),
        ("GET", f"/v1/none/{email}", None),
    ]:
        call(method, f"{url}{path}", body, token, {"user-agent": email, "x-correlation-id": email})
    call("GET", f"{url}/v1/customers/{email}", token=email)

    [audited] = [line for line in _lines(stack, "txplatform-data-api.log") if line.get("key") == "logged-1"]
    assert (audited["outcome"], audited["correlation_id"]) == ("created", "logged-order-1")
    [accessed] = [line for line in _lines(stack, "access.log") if line["requestId"] == audited["request_id"]]
    assert (accessed["route"], accessed["status"]) == ("PUT /v1/customers/{key}", "201")
    assert audited["written_by"] == f"{accessed['issuer']}#{accessed['client']}"
    assert accessed["meter"] == accessed["client"] == stack.environment["TXP_CLIENT_ID"]

    logs = {path.name: path.read_text(errors="replace") for path in stack.state.logs.glob("*.log")}
    assert {"access.log", "txplatform-data-api.log", "txplatform-authorizer.log"} <= logs.keys()
    found = {file: [value for value in PERSONAL if value in text] for file, text in logs.items()}
    assert {file: values for file, values in found.items() if values} == {}
