"""Files of source systems for tests: the one of the reference, edited."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from txplatform.contracts.document import read_document
from txplatform.contracts.keys.example import EXAMPLE, SHOP
from txplatform.contracts.loader import load_contract
from txplatform.contracts.mapping.loader import read_system
from txplatform.contracts.mapping.model import SourceSystem

CONTRACTS = {"orders": load_contract(EXAMPLE)}
PATH = Path("shop.yaml")
_SHOP = read_document(SHOP)


def shop(edit: Callable[[dict[str, Any]], object] = lambda document: None) -> SourceSystem:
    """The web shop of the reference, once its document is edited; raise ContractError."""
    document = deepcopy(_SHOP)
    edit(document)
    return read_system(PATH, document, CONTRACTS)
