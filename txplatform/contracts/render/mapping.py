"""Renders the registry document of a source system, which is all that the functions have of it, and publishes it."""

import json
from typing import Any

from txplatform.contracts.compatibility import check_order
from txplatform.contracts.mapping.model import FileLayout, SourceSystem, ValueMapping
from txplatform.contracts.names import source_mapping
from txplatform.contracts.render.registry import DynamoDBClient, published, write_version
from txplatform.errors import ContractError

CURRENT = "mapping"
MAX_DOCUMENT_BYTES = 300_000  # an item of DynamoDB holds 400 KB with its other attributes


def mapping_document(system: SourceSystem) -> dict[str, Any]:
    """Render the document. It holds JSON values only, and keys without a value are left out."""
    webhook = system.webhook
    signed = {} if webhook is None else {"webhook": _present(
        scheme=webhook.scheme.value,
        header=webhook.header,
        encoding=webhook.encoding,
        prefix=webhook.prefix or None,
        tolerance_seconds=webhook.tolerance,
    )}  # fmt: skip
    return {
        "system": system.name,
        "version": system.version,
        **_present(match=system.match),
        "envelopes": [envelope.value for envelope in system.envelopes],
        **signed,
        "records": [
            {
                "name": record.name,
                "entity": record.entity,
                **_present(when=record.when, over=list(record.over) or None, nulled=record.nulled),
                "operation": value_document(record.operation) if isinstance(record.operation, ValueMapping)
                else record.operation,
                "fields": {name: value_document(value) for name, value in record.fields.items()},
            }
            for record in system.records
        ],
        "ignore": [{"when": rule.when, "reason": rule.reason} for rule in system.ignore],
        "refuse": [{"when": rule.when, "reason": rule.reason, "message": rule.message} for rule in system.refuse],
        **_present(layouts=[_layout_document(layout) for layout in system.layouts] or None),
    }  # fmt: skip


def publish_mapping(dynamodb_client: DynamoDBClient, system: SourceSystem, *, rollback: bool = False) -> None:
    """Write the document as the system's current mapping and under its version. Doing it again changes nothing.

    Raises ContractError when the same version was published with other content, when the version is older than the
    current one and this is no rollback, and when a rollback names a version that was not published.
    """
    document = mapping_document(system)
    size = len(json.dumps(document).encode())
    if size > MAX_DOCUMENT_BYTES:
        problem = f"makes a document of {size} bytes, and the registry takes {MAX_DOCUMENT_BYTES}"
        raise ContractError(system.path, None, problem, "divide the system into two")
    key = source_mapping(system.name)
    for name, former in published(dynamodb_client, key, CURRENT):
        if name == CURRENT and not rollback:
            check_order(former, system)
    write_version(dynamodb_client, key, CURRENT, system, document, rollback=rollback)


def value_document(value: ValueMapping) -> dict[str, Any]:
    """Render a value as the document holds it."""
    return {
        **_present(constant=value.constant),
        **({"from": list(value.sources)} if value.sources else {}),
        **(
            {"transforms": [[item.name, dict(item.arguments)] for item in value.transforms]} if value.transforms else {}
        ),
        **(
            {"fields": {name: value_document(member) for name, member in value.members.items()}}
            if value.members
            else {}
        ),
    }


def _layout_document(layout: FileLayout) -> dict[str, Any]:
    return {
        "names": list(layout.names),
        **_present(columns=list(layout.columns) or None, constants=dict(layout.constants) or None),
    }


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
