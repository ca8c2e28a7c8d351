"""Refreshes by Power BI's API: followed to their end, through its failures, against a double of it."""

import json
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from txplatform.client.tokens import ClientCredentials
from txplatform.dashboards.powerbi.errors import PowerBiError, PowerBiUnavailableError
from txplatform.dashboards.powerbi.refresh import SemanticModels, refresh_model
from txplatform.dashboards.powerbi.refresh.state import read_state
from txplatform_tests.client.scripted import TOKEN_PATH, Reply, Server
from txplatform_tests.dashboards.powerbi.service_double import MODEL, PATH, WORKSPACE, PowerBi

THROTTLED = Reply(429, {"error": {"code": "TooManyRequests"}}, {"retry-after": "20"})


@pytest.fixture
def service() -> PowerBi:
    return PowerBi()


@pytest.fixture
def server(service: PowerBi) -> Iterator[Server]:
    server = Server(service)
    yield server
    server.close()


@pytest.fixture
def models(server: Server) -> SemanticModels:
    credentials = ClientCredentials(f"{server.url}{TOKEN_PATH}", "client", "secret", ("scope/.default",))
    return SemanticModels(WORKSPACE, credentials, server.url, server.time.clock)


def test_a_refresh_is_started_and_followed_to_its_end(service: PowerBi, server: Server, models: SemanticModels) -> None:
    done = refresh_model(models, MODEL, tables=["trades_daily", "payments_daily"])
    assert (done.refresh, done.tables) == ("refresh-1", {"payments_daily": 1})
    assert [(item.method, item.path) for item in service.received] == [
        ("POST", PATH),
        *[("GET", f"{PATH}/refresh-1")] * 3,
    ]
    assert service.refreshes["refresh-1"].body == {
        "type": "full",
        "commitMode": "transactional",
        "applyRefreshPolicy": True,
        "objects": [{"table": "payments_daily"}, {"table": "trades_daily"}],
    }
    assert server.time.slept == [15.0, 15.0]


def test_everything_that_is_kept_is_loaded_without_the_policy(service: PowerBi, models: SemanticModels) -> None:
    refresh_model(models, MODEL, apply_policy=False)
    assert service.refreshes["refresh-1"].body == {
        "type": "full",
        "commitMode": "transactional",
        "applyRefreshPolicy": False,
    }


def test_the_service_principal_gets_one_token_for_all_requests(service: PowerBi, models: SemanticModels) -> None:
    refresh_model(models, MODEL)
    [form], [headers] = service.token_forms, service.token_headers
    assert parse_qs(form) == {"grant_type": ["client_credentials"], "scope": ["scope/.default"]}
    assert headers["authorization"] == f"Basic {b64encode(b'client:secret').decode()}"


def test_throttling_waits_as_long_as_power_bi_asks(service: PowerBi, server: Server, models: SemanticModels) -> None:
    service.before = [THROTTLED, THROTTLED]
    assert refresh_model(models, MODEL).refresh == "refresh-1"
    assert [seconds >= 20 for seconds in server.time.slept] == [True, True, False, False]


def test_throttling_for_longer_than_a_call_waits_may_be_tried_later(service: PowerBi, models: SemanticModels) -> None:
    service.before = [Reply(429, {"error": {"code": "TooManyRequests"}}, {"retry-after": "3600"})]
    with pytest.raises(PowerBiUnavailableError, match="429 TooManyRequests"):
        refresh_model(models, MODEL)
    assert len(service.received) == 1


def test_an_expired_token_is_replaced_by_another(service: PowerBi, models: SemanticModels) -> None:
    service.refused_tokens = {"token-1"}
    assert refresh_model(models, MODEL).refresh == "refresh-1"
    assert len(service.token_forms) == 2


def test_a_principal_that_is_refused_learns_what_to_check(service: PowerBi, models: SemanticModels) -> None:
    service.token_replies = [Reply(401, {"error": "invalid_client"})]
    with pytest.raises(PowerBiError, match=r"401 invalid_client.* Remedy: check the secret of the service principal"):
        refresh_model(models, MODEL)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(403, {"error": {"code": "Forbidden"}}), r"403 Forbidden.* Remedy: let the service principal into"),
        (Reply(404, {"error": {"code": "NotFound"}}), r"404 NotFound.* Remedy: check the ids of workspace and model"),
        (Reply(202), "did not say which one it is"),
    ],
)
def test_a_request_that_is_refused_is_an_error(
    service: PowerBi, models: SemanticModels, reply: Reply, message: str
) -> None:
    service.before = [reply]
    with pytest.raises(PowerBiError, match=message) as caught:
        refresh_model(models, MODEL)
    assert not caught.value.retryable
    assert service.refreshes == {}


def test_a_body_that_is_refused_is_no_refresh_under_way(service: PowerBi, models: SemanticModels) -> None:
    service.refuses = "there is no table x"
    with pytest.raises(PowerBiError, match="400 InvalidRequest: there is no table x"):
        refresh_model(models, MODEL)


def test_a_failed_partition_is_named_with_its_table(service: PowerBi, models: SemanticModels) -> None:
    service.ends, service.messages = "Failed", ["the gateway did not answer"]
    service.parts = [
        {"table": "payments_daily", "partition": "2026Q1110", "status": "Completed"},
        {"table": "trades_daily", "partition": "2026Q1110", "status": "Failed"},
        {"table": "trades_daily", "partition": "2026Q1111", "status": "NotStarted"},
    ]
    with pytest.raises(PowerBiError) as caught:
        refresh_model(models, MODEL)
    assert caught.value.tables == {"trades_daily": "2026Q1110 is Failed, 2026Q1111 is NotStarted"}
    assert str(caught.value) == (
        f"refresh refresh-1 of model {MODEL} is Failed (the gateway did not answer): "
        "trades_daily: 2026Q1110 is Failed, 2026Q1111 is NotStarted"
    )


def test_one_that_says_completed_with_a_partition_that_is_not_is_no_success(
    service: PowerBi, models: SemanticModels
) -> None:
    service.parts = [{"table": "trades_daily", "partition": "all", "status": "Failed"}]
    with pytest.raises(PowerBiError, match="trades_daily: all is Failed"):
        refresh_model(models, MODEL)


def test_a_refresh_begins_after_the_one_that_is_under_way(service: PowerBi, models: SemanticModels) -> None:
    """What that one has read may be older than what was proven."""
    assert models.start(MODEL, {}) == "refresh-1"
    assert refresh_model(models, MODEL).refresh == "refresh-2"


def test_an_answer_that_is_lost_starts_no_refresh_beside_the_first(service: PowerBi, models: SemanticModels) -> None:
    service.loses_answer = True
    assert refresh_model(models, MODEL).refresh == "refresh-2"
    assert not any(item.under_way for item in service.refreshes.values())


def test_a_refresh_that_does_not_end_is_cancelled(service: PowerBi, models: SemanticModels) -> None:
    service.questions = 1_000
    with pytest.raises(PowerBiUnavailableError, match=f"refresh refresh-1 of model {MODEL} did not end in time"):
        refresh_model(models, MODEL, timeout_seconds=60)
    assert service.refreshes["refresh-1"].status == "Cancelled"
    assert service.received[-1].method == "DELETE"


def test_faults_between_two_questions_pass(service: PowerBi, models: SemanticModels) -> None:
    number = models.start(MODEL, {})
    service.before = [Reply(503), Reply(0), Reply(500)]
    assert number is not None
    assert models.state(MODEL, number).status == "under way"


@pytest.mark.parametrize("document", [{}, {"status": "Sleeping"}, {"status": None}])
def test_a_status_that_is_not_documented_is_no_success(document: dict[str, object]) -> None:
    with pytest.raises(PowerBiError, match="which is not documented"):
        read_state(json.loads(json.dumps(document)))
