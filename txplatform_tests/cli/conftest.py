"""The fixtures of tests of commands."""

from pathlib import Path

import pytest

from txplatform.contracts.loader import ENTITIES
from txplatform_tests.lake_stand import Stand


@pytest.fixture
def known(stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """The stand, whose contract commands find under the stand's own name."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    text = (ENTITIES / "payments.yaml").read_text(encoding="utf-8")
    text = text.replace("name: payments\n", f"name: {stand.contract.name}\n")
    (folder / f"{stand.contract.name}.yaml").write_text(text, encoding="utf-8")
    for name, value in {**stand.environment, "TXP_CONTRACTS_DIR": str(folder)}.items():
        monkeypatch.setenv(name, value)
    return stand
