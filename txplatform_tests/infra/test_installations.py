"""Several environments in one account and region: their names have nothing in common, and no process mixes them up."""

import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from infra import bundle
from infra.app import build_app
from infra.constructs.function import Bundles
from infra.environments import DEVELOPMENT, ENVIRONMENTS, PRODUCTION
from infra.image import STABLE_NAME, Image
from infra.taken_names import taken_names, taken_twice
from txplatform.contracts import names
from txplatform.contracts.installation import MAX_LENGTH, VARIABLE, installation
from txplatform.errors import ConfigurationError


def test_without_a_name_it_is_productions() -> None:
    assert installation({}) == names.PREFIX == PRODUCTION.installation


@pytest.mark.parametrize("name", ["Dev", "1dev", "dev_x", "dev--x", "-dev", "dev-", "a" * (MAX_LENGTH + 1)])
def test_a_name_that_resources_cannot_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{VARIABLE}='{name}' is no name"):
        installation({VARIABLE: name})


def test_the_longest_bucket_of_the_longest_name_fits_s3() -> None:
    bucket = names.lake_bucket("123456789012", "ap-southeast-2").replace(names.PREFIX, "a" * MAX_LENGTH)
    assert len(f"{bucket}-access-logs") == 63


def test_no_pattern_of_one_installation_covers_another() -> None:
    for one, other in combinations([item.installation for item in ENVIRONMENTS.values()], 2):
        assert not one.startswith(f"{other}-")
        assert not other.startswith(f"{one}-")
        assert one != other


def test_networks_of_environments_do_not_overlap() -> None:
    networks = [item.orchestration.network for item in ENVIRONMENTS.values()]
    assert len(set(networks)) == len(networks)


def test_another_process_has_the_names_of_another_installation() -> None:
    script = (
        "from txplatform.contracts import names; print(names.LEDGER_TABLE, names.DATABASE, names.entity_table('x'))"
    )
    variables = {**os.environ, VARIABLE: DEVELOPMENT.installation}
    done = subprocess.run(
        [sys.executable, "-c", script], env=variables, cwd=bundle.ROOT, capture_output=True, text=True
    )
    assert done.stdout.split() == ["dev-txplatform-ledger", "dev_txplatform", "dev-txplatform-x"]


def test_an_environment_is_not_synthesised_under_the_names_of_another(tmp_path: Path) -> None:
    bundles, image = Bundles(tmp_path, bundle.stable_name), Image(tmp_path, STABLE_NAME, own_contracts=False)
    with pytest.raises(ConfigurationError, match=rf"dev is the installation dev-txplatform.*{VARIABLE}=dev-txplatform"):
        build_app(DEVELOPMENT, tmp_path, bundles, image)


def test_a_name_that_two_environments_take_is_found() -> None:
    one, other = ({"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}}} for name in "ab")
    assert taken_twice([taken_names(one), taken_names(other)]) == []
    assert taken_twice([taken_names(one), taken_names(other), taken_names(one)]) == ['AWS::SQS::Queue "a"']


def test_the_names_that_a_template_takes_begin_with_its_installation(
    template: dict[str, Any], orchestration: dict[str, Any]
) -> None:
    for name in taken_names(template) | taken_names(orchestration):
        assert re.search(rf"(^|[\"/ ]){PRODUCTION.installation}\b", name), name
