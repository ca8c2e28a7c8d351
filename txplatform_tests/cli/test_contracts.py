"""`txplatform contracts`."""

from pathlib import Path

from click.testing import CliRunner, Result

from txplatform.aws import AwsClients
from txplatform.cli.contracts import contracts
from txplatform.cli.main import main
from txplatform.contracts import names


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["contracts", *arguments])


def test_check_names_every_entity() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert [line.partition(" ")[0] for line in result.output.splitlines()] == ["customers", "payments", "trades"]
    assert "key venue, trade_id" in result.output


def test_check_fails_with_file_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("kind: DataContract\n")
    result = run("check", "--directory", str(tmp_path))
    assert result.exit_code == 1
    assert "broken.yaml" in result.output
    assert "Remedy" in result.output


def test_show_describes_the_fields() -> None:
    result = run("show", "trades")
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.output.splitlines() if line.startswith("  ")}
    assert lines["price"].split(maxsplit=1)[1] == "decimal(28,10), required"
    assert "one of buy sell" in lines["side"]
    assert "personal" in lines["trader"]


def test_show_names_the_entities_there_are() -> None:
    result = run("show", "unicorns")
    assert result.exit_code == 1
    assert "there are customers, payments, trades" in result.output


def test_publish_writes_the_registry(aws: AwsClients) -> None:
    result = CliRunner().invoke(contracts, ["publish"])
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) == 3
    key = {"entity": {"S": "trades"}, "item": {"S": "schema"}}
    assert "Item" in aws.client("dynamodb").get_item(TableName=names.REGISTRY_TABLE, Key=key)
