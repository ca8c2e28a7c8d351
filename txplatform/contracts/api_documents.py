"""Keeps the OpenAPI document of each contract version as a file beside the contracts, and refuses what breaks clients.

The file of payments 1.1.0 is `openapi/payments-1.1.0.json`. A change that breaks a client needs a greater major or
minor version of the contract; one that breaks nobody, a patch version or none. What may be published at all is for
`txplatform.contracts.compatibility` to say: it protects what is stored, this protects who calls.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from txplatform.contracts.api_changes import breaking_changes
from txplatform.contracts.compatibility import version_order
from txplatform.contracts.model import Contract
from txplatform.contracts.render.openapi import openapi_document
from txplatform.errors import ContractError

FOLDER = "openapi"
COMMAND = "txplatform contracts openapi"

_SAME_ORIGIN = "/"
_MOST_NAMED = 5
_NAME = re.compile(r"[a-z0-9_]+-(?P<version>[0-9]+\.[0-9]+\.[0-9]+)\.json")


def document_path(contract: Contract) -> Path:
    """Return where the document of the contract's version is kept."""
    return contract.path.parent / FOLDER / f"{contract.name}-{contract.version}.json"


def document_text(contract: Contract) -> str:
    """Render the document as its file holds it: that of the entity alone, and of no deployment."""
    return json.dumps(openapi_document({contract.name: contract}, _SAME_ORIGIN), indent=2, ensure_ascii=False) + "\n"


def keeps_documents(contracts: Mapping[str, Contract]) -> bool:
    """Say whether there is a folder of documents beside the contracts."""
    return any(document_path(contract).parent.is_dir() for contract in contracts.values())


def check_documents(contracts: Mapping[str, Contract]) -> None:
    """Raise ContractError where a kept document is missing, not current, or breaks clients of the version before."""
    for contract in contracts.values():
        _check_current(contract)
        _check_change(contract, _former(contract), document_text(contract))


def write_documents(contracts: Mapping[str, Contract]) -> list[Path]:
    """Write the documents that are missing or not current; raise ContractError, and write none, where one breaks."""
    texts = {document_path(contract): document_text(contract) for contract in contracts.values()}
    for contract in contracts.values():
        for known in (document_path(contract), _former(contract)):
            _check_change(contract, known if known is not None and known.exists() else None, document_text(contract))
    changed = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    return changed


def _check_current(contract: Contract) -> None:
    path, text = document_path(contract), document_text(contract)
    if not path.exists():
        problem = f"version {contract.version} of '{contract.name}' has no OpenAPI document"
        raise ContractError(path, None, problem, f"write it with {COMMAND}")
    if path.read_text(encoding="utf-8") == text:
        return
    _check_change(contract, path, text)
    raise ContractError(path, None, "is not the document that is rendered now", f"write it with {COMMAND}")


def _check_change(contract: Contract, former: Path | None, present: str) -> None:
    if former is None:
        return
    version = former.stem.partition("-")[2]
    if version_order(contract.version)[:2] > version_order(version)[:2]:
        return
    broken = breaking_changes(_read(former), json.loads(present))
    if broken:
        more = f", and {len(broken) - _MOST_NAMED} more" if len(broken) > _MOST_NAMED else ""
        problem = f"clients of {contract.name} {version} break: {'; '.join(broken[:_MOST_NAMED])}{more}"
        major, minor, *_ = version_order(version)
        remedy = f"take the change back, or raise 'version' of the contract to {major}.{minor + 1}.0"
        raise ContractError(contract.path, None, problem, remedy)


def _former(contract: Contract) -> Path | None:
    """Return the document of the greatest version before the contract's, if one is kept."""
    found = (contract.path.parent / FOLDER).glob(f"{contract.name}-*.json")
    named = {path: _NAME.fullmatch(path.name) for path in found}
    versions = {version_order(name["version"]): path for path, name in named.items() if name}
    earlier = [version for version in versions if version < version_order(contract.version)]
    return versions[max(earlier)] if earlier else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = f"is not readable as JSON ({error})"
        raise ContractError(path, None, problem, "restore the file, which is written by " + COMMAND) from error
