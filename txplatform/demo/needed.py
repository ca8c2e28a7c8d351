"""The entities and source systems that the demo sends, which a folder of contracts must hold."""

from pathlib import Path

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.demo.messages import KEYS
from txplatform.demo.system_lives import SYSTEMS
from txplatform.errors import ConfigurationError


def check_folder(folder: Path | None) -> None:
    """Raise ConfigurationError where a folder of contracts lacks something that the demo sends."""
    contracts = load_contracts(folder)
    systems = load_systems(contracts, folder)
    lacking = [*(name for name in KEYS if name not in contracts), *(name for name in SYSTEMS if name not in systems)]
    if lacking:
        raise ConfigurationError(
            f"{folder}: the demo sends {', '.join(lacking)}, of which there is no file. Remedy: copy them from the "
            "shipped contracts, or start the stack without messages: txplatform up"
        )
