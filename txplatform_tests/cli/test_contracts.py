"""`txplatform contracts`."""

import gzip
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from txplatform.aws import AwsClients
from txplatform.cli.contracts import contracts
from txplatform.cli.main import main
from txplatform.cli.mapping_trial import load_all
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform.contracts.render.publication import OPENAPI_ITEM


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["contracts", *arguments])


def test_check_names_every_entity() -> None:
    result = run("check")
    assert result.exit_code == 0
    named = [line.partition(" ")[0] for line in result.output.splitlines()]
    assert named == [*load_contracts(), *load_systems(load_contracts())]
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


def test_show_says_what_breaks_ties() -> None:
    lines = [line.split() for line in run("show", "payments").output.splitlines()]
    assert [line[0] for line in lines if "breaks" in line] == ["status"]


def test_show_names_the_known_entities() -> None:
    result = run("show", "unicorns")
    assert result.exit_code == 1
    assert f"Known: {', '.join([*load_contracts(), *load_systems(load_contracts())])}" in result.output


def test_show_describes_the_rules_of_a_source_system() -> None:
    result = run("show", "stripe")
    assert result.exit_code == 0
    assert "customer_deleted: delete customers" in result.output
    assert "  created_at   created → epoch" in result.output
    assert "ignore     other_event: object == 'event'" in result.output


def test_list_names_both_kinds() -> None:
    lines = run("list").output.splitlines()
    assert f"entity  payments {load_contracts()['payments'].version}" in lines
    assert [line for line in lines if line.startswith("source  stripe ")]


def test_reference_prints_the_page_of_the_documentation() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "contract.md"
    result = run("reference")
    assert result.exit_code == 0
    assert result.output == page.read_text(encoding="utf-8")


def test_publish_writes_the_registry(aws: AwsClients) -> None:
    result = CliRunner().invoke(contracts, ["publish"])
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) == len(load_contracts()) + len(load_systems(load_contracts()))
    key = {"entity": {"S": "trades"}, "item": {"S": "schema"}}
    assert "Item" in aws.client("dynamodb").get_item(TableName=names.REGISTRY_TABLE, Key=key)
    item = aws.client("dynamodb").get_item(TableName=names.REGISTRY_TABLE, Key=OPENAPI_ITEM)["Item"]
    document = json.loads(gzip.decompress(item["document"]["B"]))
    scheme = document["components"]["securitySchemes"]["oauth2"]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"].endswith("/oauth2/token")


def test_a_published_file_is_compared_with_the_one_at_hand(aws: AwsClients, tmp_path: Path) -> None:
    shutil.copytree(SHIPPED.parent / "entities", tmp_path, dirs_exist_ok=True)
    shutil.copytree(SHIPPED, tmp_path / "sources")
    directory = ("--directory", str(tmp_path))
    assert run("publish", *directory).exit_code == 0
    for name in ("payments", "stripe"):
        same = run("diff", name, *directory)
        assert (same.exit_code, "is published as it is" in same.output) == (0, True)
        path = load_all(tmp_path)[name == "stripe"][name].path
        path.write_text(path.read_text().replace("version: 1.", "version: 1.9", 1))

        changed = run("diff", name, *directory)

        assert changed.exit_code == 1
        assert f"+++ {path.name} 1.9" in changed.output
        assert [line for line in changed.output.splitlines() if line.startswith('-  "version": "1.')]
        listed = run("list", "--published", *directory).output
        assert [line for line in listed.splitlines() if f"{name} 1.9" in line and "published 1." in line]


def test_check_refuses_what_publish_would(aws: AwsClients, tmp_path: Path) -> None:
    shutil.copytree(SHIPPED.parent / "entities", tmp_path, dirs_exist_ok=True, ignore=lambda *_: ["openapi"])
    shutil.copytree(SHIPPED, tmp_path / "sources")
    directory = ("--directory", str(tmp_path))
    assert run("publish", *directory).exit_code == 0
    assert run("check", "--published", *directory).exit_code == 0
    path = tmp_path / "payments.yaml"
    text = path.read_text()
    path.write_text(text.replace("decimal(18,2)", "decimal(20,2)", 1))
    assert "was published with other content" in run("check", "--published", *directory).output
    later = text.replace("version: 1.", "version: 1.9", 1)
    path.write_text(later.replace("decimal(18,2)", "decimal(20,2)", 1))
    assert run("check", "--published", *directory).exit_code == 0
    path.write_text(later.replace("decimal(18,2)", "decimal(20,4)", 1))
    refused = run("check", "--published", *directory)
    assert (refused.exit_code, "had scale 2. Remedy: keep it" in refused.output) == (1, True)


def test_what_was_never_published_is_all_new(aws: AwsClients) -> None:
    client = aws.client("dynamodb")
    key = {"entity": {"S": names.source_mapping("kraken")}, "item": {"S": "mapping"}}
    client.delete_item(TableName=names.REGISTRY_TABLE, Key=key)

    result = run("diff", "kraken")

    assert result.exit_code == 1
    assert "--- never published" in result.output
    assert "kraken 1.0.0  published never" in run("list", "--published").output


def test_publish_without_a_stack_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "TXP_LAKE_BUCKET": "lake",
        "TXP_ALERTS_TOPIC_ARN": "arn",
        "TXP_API_URL": "http://127.0.0.1:1",
        "TXP_DASHBOARDS_URL": "http://127.0.0.1:1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    result = run("publish")
    assert result.exit_code == 1
    assert "Error: AWS could not be reached" in result.output
    assert "is the endpoint http://127.0.0.1:1 up?" in result.output
