"""`txplatform contracts`: check the contract files, show one, print the reference of their keys, publish them."""

from pathlib import Path

import click

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Field
from txplatform.settings import contracts_directory

_directory = click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the contract files; by default TXP_CONTRACTS_DIR, else the shipped contracts.",
)


@click.group()
def contracts() -> None:
    """Check, show and publish the contracts of the entities.

    A contract is one YAML file that describes an entity: its fields with their types and rules, its key, and the
    fields that partition and version its records. Queue, validation, API, tables and views follow from it.
    """


@contracts.command()
@_directory
def check(directory: Path | None) -> None:
    """Check all contract files.

    The first mistake ends the check with status 1 and names the file, the field and the remedy. Needs no AWS.
    """
    for contract in _load(directory).values():
        click.echo(f"{contract.name} {contract.version}: {len(contract.fields)} fields, key {', '.join(contract.key)}")


@contracts.command()
@click.argument("entity")
@_directory
def show(entity: str, directory: Path | None) -> None:
    """Show the fields of ENTITY with types and rules.

    ENTITY is the name of a contract, such as payments. Needs no AWS.
    """
    known = _load(directory)
    if entity not in known:
        raise click.ClickException(f"there is no contract '{entity}'. Known: {', '.join(known)}")
    contract = known[entity]
    click.echo(f"{contract.name} {contract.version}  ({contract.path})\n{contract.description}\n")
    width = max(len(field.name) for field in contract.fields)
    for field in contract.fields:
        click.echo(f"  {field.name:<{width}}  {', '.join(_traits(contract, field))}")


@contracts.command()
@_directory
@click.option("--rollback", is_flag=True, help="Publish an older version again, which was published before.")
def publish(directory: Path | None, rollback: bool) -> None:
    """Write the contracts to the schema registry, and the OpenAPI document of all of them.

    The Lambda functions validate by the registry, so a new or changed contract takes effect when it is published. A
    changed contract needs a higher version. A contract is refused if it could not read records that were stored under
    a published version, with --rollback too.
    """
    from txplatform.aws import AwsClients
    from txplatform.contracts.render.publication import publish_openapi
    from txplatform.contracts.render.registry import publish as publish_contract
    from txplatform.settings import Settings

    settings = Settings.from_env()
    clients = AwsClients(settings)
    loaded = _load(directory)
    for contract in loaded.values():
        with clients.translate_errors():
            publish_contract(clients.client("dynamodb"), contract, rollback=rollback)
        click.echo(f"published {contract.name} {contract.version}")
    with clients.translate_errors():
        publish_openapi(clients.client("dynamodb"), loaded, settings.token_url)


@contracts.command()
def reference() -> None:
    """Print the reference of contract files as Markdown: every key with its values, an example and an error."""
    from txplatform.contracts.render.reference import contract_reference

    click.echo(contract_reference(), nl=False)


def _load(directory: Path | None) -> dict[str, Contract]:
    return load_contracts(directory or contracts_directory())


def _traits(contract: Contract, field: Field) -> list[str]:
    kind = f"decimal({field.precision},{field.scale})" if field.precision is not None else field.type.value
    roles = {
        "key": field.name in contract.key,
        "partition": field.name == contract.partition_field,
        "version": field.name == contract.version_field,
        "breaks ties": any(field.name == item.field for item in contract.tie_breakers),
        "required": field.required,
        "personal": field.personal,
    }
    traits = [kind, *(role for role, applies in roles.items() if applies)]
    if field.enum:
        traits.append(f"one of {' '.join(field.enum)}")
    return traits
