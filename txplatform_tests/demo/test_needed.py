"""A folder of contracts that lacks what the demo sends is refused before anything starts."""

import shutil
from pathlib import Path

import pytest

from txplatform.contracts.loader import ENTITIES
from txplatform.contracts.mapping.loader import FOLDER, SHIPPED
from txplatform.demo.needed import check_folder
from txplatform.errors import ConfigurationError


def test_a_folder_must_hold_what_the_demo_sends(tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    shutil.copytree(ENTITIES, folder)
    with pytest.raises(ConfigurationError, match=r"the demo sends salesforce, stripe, .*Remedy: copy them"):
        check_folder(folder)
    shutil.copytree(SHIPPED, folder / FOLDER)
    check_folder(folder)
    check_folder(None)
