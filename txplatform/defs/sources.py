"""What lies before the lake, drawn so that lineage starts at the source system: nothing here is run by Dagster."""

from collections.abc import Iterable

import dagster as dg

from txplatform.contracts import names
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.contract_terms import PLATFORM_OWNERS, asset_tags, owners
from txplatform.defs.keys import SYSTEMS_GROUP, EntityKeys, system_key


def system_asset(system: SourceSystem) -> dg.AssetSpec:
    """The inbound queue of a source system, whose payloads become records of one entity or several."""
    door = {"webhook": names.WEBHOOK_PATH.replace(names.SYSTEM_SLOT, system.name)} if system.webhook else {}
    return dg.AssetSpec(
        system_key(system.name),
        group_name=SYSTEMS_GROUP,
        owners=PLATFORM_OWNERS,
        kinds={"aws", "sqs"},
        description=f"Inbound queue of a source system: {system.description} The function `source` maps each payload "
        "to records and posts them to the API; what a rule ignores is counted. A message of which anything is refused "
        "goes to the dead-letter queue with all its reasons.",
        metadata={
            "queue": names.source_queue(system.name),
            "dead_letter_queue": names.source_dead_letter_queue(system.name),
            "entities": ", ".join(sorted(_entities(system))),
            "mapping": f"{system.name} {system.version}",
            **door,
        },
    )


def source_assets(contract: Contract, systems: Iterable[SourceSystem]) -> list[dg.AssetSpec]:
    """The real-time path (queue, API, operational table, landing area of its changes) and the RAW file drops.

    Records that `systems` map to the entity come to its API past its queue.
    """
    keys = EntityKeys.of(contract.name)
    mapped = [system_key(system.name) for system in systems if contract.name in _entities(system)]
    return [
        _spec(
            contract,
            keys.source,
            kinds={"aws", "sqs"},
            description=f"Inbound queue of the source system: {contract.description} The function `source` "
            "standardises each message, checks it against the registry's schema and posts it to the API. A message "
            "that does not match goes to the dead-letter queue with all its reasons.",
            metadata={
                "queue": names.inbound_queue(contract.name),
                "dead_letter_queue": names.inbound_dead_letter_queue(contract.name),
            },
        ),
        _spec(
            contract,
            keys.api,
            deps=[keys.source, *mapped],
            kinds={"aws", "apigateway"},
            description="Data API: create, read, replace, delete, list and batch, behind an authorizer. Of two "
            "versions of a record the greater one stays, in whatever order they arrive.",
            metadata={
                "route": f"/{names.API_VERSION}/{contract.name}",
                "scopes": ", ".join(names.scopes(contract.name)),
            },
        ),
        _spec(
            contract,
            keys.table,
            deps=[keys.api],
            kinds={"aws", "dynamodb"},
            description=f"Operational table, one item per {_key_text(contract)}: the truth that the lake is compared "
            "with. Its stream carries every change, once and in order for each key.",
            metadata={"table": names.entity_table(contract.name)},
        ),
        _spec(
            contract,
            keys.landing,
            deps=[keys.table],
            kinds={"s3", "json"},
            description="Landing area of change data capture: gzipped JSON lines with exact decimals, one object "
            "per stream batch and UTC day, named by sequence numbers so that a repeated batch is the same object.",
            metadata={"prefix": names.lane_prefix(Lane.CHANGES, contract.name)},
        ),
        _spec(
            contract,
            keys.raw,
            kinds={"s3", "csv"},
            description="File drops of the source system (CSV, JSON lines or Parquet), one folder per day. A file may "
            "come late or come again: its day is then replaced.",
            metadata={"prefix": names.lane_prefix(Lane.FILES, contract.name)},
        ),
    ]


def quarantine_asset(contract: Contract) -> dg.AssetSpec:
    """The table of refused rows; both lanes write to it and report what they wrote."""
    keys = EntityKeys.of(contract.name)
    return _spec(
        contract,
        keys.quarantine,
        deps=[keys.files, keys.changes],
        kinds={"iceberg", "parquet"},
        description="Refused rows of both lanes: the raw payload, where it came from (object, version and line) and "
        "every rule it broke. One row per refused row; ingesting an object or a day again changes nothing.",
        metadata={"dagster/table_name": f"{names.DATABASE}.{names.quarantine_table(contract.name)}"},
    )


def _spec(
    contract: Contract,
    key: dg.AssetKey,
    *,
    kinds: set[str],
    description: str,
    metadata: dict[str, str],
    deps: list[dg.AssetKey] | None = None,
) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps or [],
        group_name=contract.name,
        owners=owners(contract),
        tags=asset_tags(contract),
        kinds=kinds,
        description=description,
        metadata={**metadata, "contract": f"{contract.name} {contract.version}"},
    )


def _entities(system: SourceSystem) -> set[str]:
    return {record.entity for record in system.records}


def _key_text(contract: Contract) -> str:
    return " and ".join(f"`{name}`" for name in contract.key)
