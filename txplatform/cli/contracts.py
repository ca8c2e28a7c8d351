"""`txplatform contracts`: check, list, show, compare and publish contracts and source systems, write API documents."""

from pathlib import Path

import click

from txplatform.cli.contract_descriptions import describe_contract
from txplatform.cli.folder import directory_option
from txplatform.cli.mapping_trial import load_all
from txplatform.cli.registry import Registry
from txplatform.cli.system_descriptions import describe_system
from txplatform.contracts.api_documents import check_documents, keeps_documents, write_documents
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.wording import counted


@click.group()
def contracts() -> None:
    """Check, show and publish the contracts of the entities, and the mappings of source systems.

    A contract is one YAML file that describes an entity: its fields with their types and rules, its key, and the
    fields that partition and version its records. Queue, validation, API, tables and views follow from it. A source
    system is one YAML file in the folder `sources` beside them.
    """


@contracts.command()
@directory_option
@click.option("--update-goldens", is_flag=True, help="Write what the payloads beside source systems yield now.")
@click.option("--published", is_flag=True, help="Check against the schema registry too, as publish does. Needs AWS.")
def check(directory: Path | None, update_goldens: bool, published: bool) -> None:
    """Check contracts with their marts, source systems with their payloads, and that API clients keep working.

    The first mistake ends the check with status 1 and names the file, the field and the remedy. Where the folder
    `openapi` is beside the contracts, each version's OpenAPI document must be there and current, and may break clients
    of the version before only with a greater major or minor version. Needs no AWS.

    With --published, each contract must also read all that was stored under any published version, and be none of them
    with other content: what publish would refuse is refused here.
    """
    from txplatform.cli.goldens import check_goldens
    from txplatform.cli.mapping_trial import Trial
    from txplatform.warehouse.marts.files import marts

    known, systems = load_all(directory)
    if keeps_documents(known):
        check_documents(known)
    if published:
        current = Registry()
        for contract in known.values():
            current.check(contract)
    for contract in known.values():
        key, views = ", ".join(contract.key), ", ".join(mart.name for mart in marts(contract, known))
        fields = counted(len(contract.fields), "field")
        click.echo(f"{contract.name} {contract.version}: {fields}, key {key}; marts {views}")
    for system in systems.values():
        goldens = check_goldens(system, Trial(system, known), update=update_goldens)
        rules = f"{counted(len(system.records), 'record')}, {len(system.ignore)} to ignore"
        click.echo(f"{system.name} {system.version}: source system, {rules}, {counted(goldens, 'payload')} as expected")


@contracts.command("list")
@directory_option
@click.option("--published", is_flag=True, help="Add the version that the schema registry has. Needs AWS.")
def list_all(directory: Path | None, published: bool) -> None:
    """List the entities and source systems with their versions."""
    known, systems = load_all(directory)
    current = Registry() if published else None
    for kind, item in [
        *(("entity", item) for item in known.values()),
        *(("source", item) for item in systems.values()),
    ]:
        registered = "" if current is None else f"  published {current.version(item) or 'never'}"
        click.echo(f"{kind}  {item.name} {item.version}{registered}")


@contracts.command()
@click.argument("name")
@directory_option
def show(name: str, directory: Path | None) -> None:
    """Show the fields of entity NAME with types and rules, or the records of source system NAME.

    NAME is that of a contract, such as payments, or of a source system, such as stripe. Needs no AWS.
    """
    item = _named(name, directory)
    click.echo(f"{item.name} {item.version}  ({item.path})\n{item.description}\n")
    click.echo("\n".join(describe_contract(item) if isinstance(item, Contract) else describe_system(item)))


@contracts.command()
@click.argument("name")
@directory_option
def diff(name: str, directory: Path | None) -> None:
    """Show how entity or source system NAME differs from what the schema registry has.

    The exit status is 1 where it does.
    """
    item = _named(name, directory)
    lines = Registry().difference(item)
    for line in lines:
        click.echo(line)
    if lines:
        raise click.exceptions.Exit(1)
    click.echo(f"{item.name} {item.version} is published as it is")


@contracts.command()
@directory_option
@click.option("--rollback", is_flag=True, help="Publish an older version again, which was published before.")
def publish(directory: Path | None, rollback: bool) -> None:
    """Write the contracts and source systems to the schema registry, and the OpenAPI document of all contracts.

    The Lambda functions validate and map by the registry, so a new or changed file takes effect when it is published. A
    changed file needs a higher version. A contract is refused if it could not read records that were stored under
    a published version, with --rollback too.
    """
    known, systems = load_all(directory)
    registry = Registry()
    for item in [*known.values(), *systems.values()]:
        registry.publish(item, rollback=rollback)
        click.echo(f"published {item.name} {item.version}")
    registry.publish_openapi(known)


@contracts.command()
@directory_option
def openapi(directory: Path | None) -> None:
    """Write the OpenAPI document of each contract's version to the folder `openapi` beside the contracts.

    A document that would break clients is refused, unless the contract has a greater major or minor version than the
    one before; then no file is written. Needs no AWS.
    """
    known, _ = load_all(directory)
    for path in write_documents(known):
        click.echo(path)


@contracts.command()
def reference() -> None:
    """Print the reference of contract files as Markdown: every key with its values, an example and an error."""
    from txplatform.contracts.render.reference import contract_reference

    click.echo(contract_reference(), nl=False)


@contracts.command("source-reference")
def source_reference() -> None:
    """Print the reference of source systems' files as Markdown: every key and transform, an example and an error."""
    from txplatform.contracts.render.source_reference import source_reference

    click.echo(source_reference(), nl=False)


def _named(name: str, directory: Path | None) -> Contract | SourceSystem:
    """Return the entity or source system of that name; an entity, where both have it."""
    known, systems = load_all(directory)
    found = {**systems, **known}
    if name not in found:
        raise click.ClickException(f"there is no contract '{name}'. Known: {', '.join([*known, *systems])}")
    return found[name]
