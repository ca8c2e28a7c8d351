"""Checks what a contract changes once it is published: it must read everything that was stored under former ones.

The module compares a contract with a published registry document. Where that is kept, and what happens next, is the
caller's matter.
"""

from collections.abc import Iterator

from txplatform.contracts.evolution import backfill_value
from txplatform.contracts.field_changes import Document, narrowed
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract, Field
from txplatform.errors import ContractError


def check_order(current: Document, contract: Contract | SourceSystem) -> None:
    """Raise ContractError where a contract or source system is older than the one now published."""
    if version_order(contract.version) < version_order(current["version"]):
        problem = f"version {contract.version} is older than the published {current['version']}"
        raise ContractError(contract.path, None, problem, "publish a greater version, or go back with --rollback")


def check_successor(published: Document, contract: Contract, remedy: str | None = None) -> None:
    """Raise ContractError where `contract` could not read what a published one stored, whichever is the older.

    `remedy` is what to do instead when the contract cannot be changed.
    """
    for field, problem, change in _unread(published, contract):
        raise ContractError(contract.path, field, problem, remedy or change)


def _unread(published: Document, contract: Contract) -> Iterator[tuple[str | None, str, str]]:
    """Yield what could not be read: the field, if it is one, the problem, and the change that corrects it."""
    for role, former, present in (
        ("primary key", ", ".join(published["key"]), ", ".join(contract.key)),
        ("partition field", published["partition_field"], contract.partition_field),
        ("partition transform", published["partition_transform"], contract.partition_transform),
        ("version field", published["version_field"], contract.version_field),
    ):
        if present != former:
            yield None, f"the {role} was {former}, not {present}", f"keep the {role}, or start another entity"
    fields = {field.name: field for field in contract.fields}
    for name, rules in published["fields"].items():
        field = present_field(contract, name)
        if field is None:
            yield (
                name,
                f"is published in version {published['version']}, and stored records hold it",
                "keep the field; make it optional and deprecate it, or list the name in 'formerNames' of another",
            )
            continue
        if field.name != name and field.name in published["fields"]:
            yield field.name, f"stood beside '{name}', which is to be its former name", "keep both fields"
        kept = rules.get("backfill")
        if kept not in (None, backfill_value(field)):
            yield field.name, f"had the backfill '{kept}', by which stored records are read", "keep it"
        yield from narrowed(field, rules, published["json_schema"]["properties"][name], field.name)
    for name, field in fields.items():
        known = any(former in published["fields"] for former in (name, *field.evolution.former_names))
        if not known and field.required and field.evolution.backfill is None:
            yield name, "is new and required", "leave out 'required', or give it a 'backfill': stored records lack it"


def present_field(contract: Contract, name: str) -> Field | None:
    """Return the field that a contract has under a name, or had under it once; None where there is none."""
    return next((item for item in contract.fields if name in (item.name, *item.evolution.former_names)), None)


def version_order(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, by which versions sort."""
    return tuple(map(int, version.split(".")))
