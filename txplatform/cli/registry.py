"""The schema registry as commands use it: one way to publish and compare both kinds of files."""

import json
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any

from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.contracts.names import source_mapping
from txplatform.contracts.render import mapping, registry
from txplatform.settings import Settings


class Registry:
    """The registry that the settings name."""

    def __init__(self) -> None:
        from txplatform.aws import AwsClients

        self._settings = Settings.from_env()
        self._clients = AwsClients(self._settings)

    def publish(self, item: Contract | SourceSystem, *, rollback: bool) -> None:
        """Publish a file; raise ContractError where the registry's rules forbid it."""
        with self._clients.translate_errors():
            client = self._clients.client("dynamodb")
            if isinstance(item, Contract):
                registry.publish(client, item, rollback=rollback)
            else:
                mapping.publish_mapping(client, item, rollback=rollback)

    def check(self, contract: Contract) -> None:
        """Raise ContractError where publishing the contract would."""
        with self._clients.translate_errors():
            registry.check_publication(self._clients.client("dynamodb"), contract)

    def publish_openapi(self, contracts: Mapping[str, Contract]) -> None:
        """Publish the OpenAPI document of all contracts."""
        from txplatform.contracts.render.publication import publish_openapi

        with self._clients.translate_errors():
            settings = self._settings
            publish_openapi(self._clients.client("dynamodb"), contracts, settings.token_url, settings.further_issuers)

    def version(self, item: Contract | SourceSystem) -> str | None:
        """Return the version that is current in the registry, None where the file was never published."""
        document = self._current(item)
        return None if document is None else document["version"]

    def difference(self, item: Contract | SourceSystem) -> list[str]:
        """Return the lines by which a file's document differs from the current one; none where it is the same."""
        is_contract = isinstance(item, Contract)
        rendered = registry.registry_document(item) if is_contract else mapping.mapping_document(item)
        current = self._current(item)
        before, after = _lines(current), _lines(rendered)
        published = "never published" if current is None else f"published {current['version']}"
        return list(unified_diff(before, after, published, f"{item.path.name} {item.version}", lineterm=""))

    def _current(self, item: Contract | SourceSystem) -> dict[str, Any] | None:
        is_contract = isinstance(item, Contract)
        key, current = (item.name, registry.CURRENT) if is_contract else (source_mapping(item.name), mapping.CURRENT)
        with self._clients.translate_errors():
            documents = dict(registry.published(self._clients.client("dynamodb"), key, current))
        return documents.get(current)


def _lines(document: Mapping[str, Any] | None) -> list[str]:
    return [] if document is None else json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).splitlines()
