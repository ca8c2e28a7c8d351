"""Prepared statements: by the API and by SQL, executed with literals."""

import pytest

from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.prepared import PreparedStatements
from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import Ask

SQL = "SELECT ? AS a, ? AS b"


def test_a_statement_is_kept_changed_listed_and_deleted(client: LocalClients, ask: Ask, name: str) -> None:
    athena = client("athena")
    here = {"StatementName": name, "WorkGroup": "primary"}
    athena.create_prepared_statement(**here, QueryStatement=SQL, Description="two")
    with pytest.raises(athena.exceptions.InvalidRequestException, match="already exists"):
        athena.create_prepared_statement(**here, QueryStatement=SQL)
    kept = athena.get_prepared_statement(**here)["PreparedStatement"]
    assert (kept["QueryStatement"], kept["Description"]) == (SQL, "two")
    assert ask(f"EXECUTE {name} USING 1, 'x, ''y'''").rows == [("1", "x, 'y'")]
    assert ask(f"EXECUTE {name}", "2", "'z'").rows == [("2", "z")]
    assert "expected 2 but found 1" in ask(f"EXECUTE {name} USING 1").error
    assert "is not a literal" in ask(f"EXECUTE {name} USING 1, (SELECT 1)").error
    athena.update_prepared_statement(**here, QueryStatement="SELECT 7 AS n")
    answer = ask(f"EXECUTE {name};")
    assert answer.rows == [("7",)]
    assert answer.execution["Query"] == f"EXECUTE {name};"
    listed = athena.list_prepared_statements(WorkGroup="primary")["PreparedStatements"]
    assert name in [found["StatementName"] for found in listed]
    athena.delete_prepared_statement(**here)
    with pytest.raises(athena.exceptions.ResourceNotFoundException):
        athena.get_prepared_statement(**here)


def test_a_statement_is_prepared_and_deallocated_by_sql(ask: Ask, name: str) -> None:
    assert ask(f"PREPARE {name} FROM SELECT id FROM (VALUES 'a', 'b') t(id) WHERE id = ?").error == ""
    assert ask(f"EXECUTE {name} USING 'b'").rows == [("b",)]
    assert ask(f"DEALLOCATE PREPARE {name}").error == ""
    assert "was not found" in ask(f"DEALLOCATE PREPARE {name}").error


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = PreparedStatements()
    monkeypatch.setattr("txplatform.local.aws.athena.prepared.MOST", 1)
    monkeypatch.setattr("txplatform.local.aws.athena.workgroups.require", lambda _: None)
    assert kept.run("PREPARE one FROM SELECT 1", "w")
    with pytest.raises(RequestError, match="at most 1"):
        kept.run("PREPARE two FROM SELECT 1", "w")
    assert kept.run("PREPARE two FROM SELECT 1", "other")
    with pytest.raises(RequestError, match="was not found"):
        kept.resolved("EXECUTE two USING 1", [], "w")
    with pytest.raises(RequestError, match="beside its own"):
        kept.resolved("EXECUTE one USING 1", ["1"], "w")
    assert kept.resolved("SELECT 1", ["1"], "w") == ("SELECT 1", ["1"])
