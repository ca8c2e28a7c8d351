"""Reads messages of a source system as the function `source` does, by its own code, without AWS.

This is the platform's only use of the functions' code: what a person sees here is what the function would do.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.contracts.render.mapping import mapping_document
from txplatform.contracts.render.registry import registry_document


class Trial:
    """One source system, compiled with the entities that it maps to."""

    def __init__(self, system: SourceSystem, contracts: Mapping[str, Contract]) -> None:
        try:
            from lambdas.shared.mapping.document import SystemMapping
            from lambdas.shared.mapping.messages import read_message, schemas_of
        except ModuleNotFoundError as error:
            problem = f"the functions' libraries are not installed ({error.name})"
            raise click.ClickException(f"{problem}. Remedy: pip install 'txplatform[lambdas]'") from error
        entities = {record.entity for record in system.records}
        self.system = system
        self._mapping = SystemMapping.parse(_as_published(mapping_document(system)))
        self._schemas = schemas_of({name: _as_published(registry_document(contracts[name])) for name in entities})
        self._read = read_message

    def read(self, text: str) -> dict[str, Any]:
        """Return what the message yields: ids of its envelopes, records, reasons, and why payloads are ignored.

        A field that a patch removes is None, and a JSON value is its text. Where there are more reasons than are kept,
        `further_refused` counts them.
        """
        read = self._read(self._mapping, self._schemas, text)
        return {
            "system": self.system.name,
            "version": self.system.version,
            "envelopes": [item.as_dict() for item in read.ids],
            "records": [
                {
                    "record": item.mapped.rule.name,
                    "entity": item.entity,
                    "payload": item.position,
                    "operation": item.operation,
                    "fields": {
                        **item.texts,
                        **(dict.fromkeys(sorted(item.removed)) if item.operation == "patch" else {}),
                    },
                }
                for item in read.records
            ],
            "refused": [refusal.as_dict() for refusal in read.refusals],
            **({"further_refused": read.further} if read.further else {}),
            "ignored": read.ignored,
        }


def load_all(directory: Path | None) -> tuple[dict[str, Contract], dict[str, SourceSystem]]:
    """Load the contracts of a directory, by default the shipped ones, and the source systems beside them."""
    contracts = load_contracts(directory)
    return contracts, load_systems(contracts, directory)


def _as_published(document: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(document))
