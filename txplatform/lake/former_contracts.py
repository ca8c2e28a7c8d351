"""The versions of a contract that files were written for, as the schema registry has kept them."""

import json
from collections.abc import Callable
from typing import Any

from txplatform.aws import AwsClients
from txplatform.contracts.compatibility import version_order
from txplatform.contracts.model import Contract
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.patterns import VERSION
from txplatform.contracts.published import former_contract
from txplatform.contracts.render.registry import CURRENT, version_item
from txplatform.errors import ContractTooOldError
from txplatform.ingest.batch import FileRejected


class FormerContracts:
    """Versions of one contract, each read once; `connect` gives the clients when the registry is needed."""

    def __init__(self, connect: Callable[[], AwsClients], contract: Contract) -> None:
        self._connect = connect
        self._contract = contract
        self._known: dict[str, Contract | FileRejected] = {contract.version: contract}

    @property
    def present(self) -> Contract:
        """The present version."""
        return self._contract

    def of(self, version: str | None) -> Contract | FileRejected:
        """The contract of a version, the present one where a file names none; or why no row of the file counts.

        Raise ContractTooOldError for one that was published and is newer than the present one.
        """
        if version is None:
            return self._contract
        if version not in self._known:
            self._known[version] = self._read(version)
        return self._known[version]

    def _read(self, version: str) -> Contract | FileRejected:
        entity, rule = self._contract.name, "file.contract_version"
        if not VERSION.fullmatch(version):
            return FileRejected(rule, "the version that the file was written for is not three numbers, such as 1.0.0")
        clients = self._connect()
        dynamodb: Any = clients.client("dynamodb")
        key = {"entity": {"S": entity}, "item": {"S": version_item(CURRENT, version)}}
        with clients.translate_errors():
            item = dynamodb.get_item(TableName=REGISTRY_TABLE, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            return FileRejected(rule, f"version {version} of {entity} was never published; name one that was")
        if version_order(version) > version_order(self._contract.version):
            raise ContractTooOldError(entity, self._contract.version, version)
        return former_contract(self._contract, json.loads(item["document"]["S"]))
