"""Turns contract files (Open Data Contract Standard v3) into Contracts.

Every defect is a ContractError with a remedy. The loader reads the part of the standard that the platform enforces,
accepts the part that only describes the entity to people, and refuses the rest, because a rule that nothing checks is
worse than a missing one. The package `keys` lists every key with its place; a key that is not listed there cannot be
read.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from txplatform.contracts import names
from txplatform.contracts.business_day_rules import read_business_day
from txplatform.contracts.document import read_document, yaml_files
from txplatform.contracts.evolution import check_roles
from txplatform.contracts.fields import read_field
from txplatform.contracts.files import read_file_rules
from txplatform.contracts.indexes import read_indexes
from txplatform.contracts.keys.entity import CONTRACT, DESCRIPTION, ENTITY_PROPERTIES, OBJECT
from txplatform.contracts.keys.field import FIELD
from txplatform.contracts.keys.files import FILES
from txplatform.contracts.model import NESTED, Contract, Field, FieldType
from txplatform.contracts.nested import check_nested, rest_field
from txplatform.contracts.ownership import read_service_levels, read_tags, read_team
from txplatform.contracts.patterns import VERSION
from txplatform.contracts.quality_rules import read_quality
from txplatform.contracts.references import check_references
from txplatform.contracts.row_security import read_row_security
from txplatform.contracts.section import Section
from txplatform.contracts.text_conventions import read_text_conventions
from txplatform.contracts.tie_breakers import read_tie_breakers
from txplatform.errors import ContractError

ENTITIES = Path(__file__).parent / "entities"

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_MAX_KEY_BYTES = 2048  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_MAX_CHARACTER_BYTES = 4
_HOT_DAYS, _MAX_HOT_DAYS = 3, 366
_MAX_FUTURE_SKEW_HOURS = 87_600


def load_contracts(directory: Path | None = None) -> dict[str, Contract]:
    """Load every `*.yaml` of a directory, by default the shipped entities, sorted by entity; raise ContractError."""
    directory = ENTITIES if directory is None else directory
    paths = yaml_files(directory)
    if not paths:
        raise ContractError(directory, None, "does not hold a contract", "put one <entity>.yaml per entity there")
    contracts: dict[str, Contract] = {}
    for path in paths:
        contract = load_contract(path)
        if contract.name in contracts:
            problem = f"entity '{contract.name}' is already defined by {contracts[contract.name].path.name}"
            raise ContractError(path, None, problem, "remove one of the two files, or rename its entity")
        _check_name(contract, contracts)
        contracts[contract.name] = contract
    check_references(contracts)
    return dict(sorted(contracts.items()))


def _check_name(contract: Contract, others: Mapping[str, Contract]) -> None:
    """Refuse a name of the form `<entity>_<something>`, because tables and views of that entity have such names."""
    for other in others.values():
        short, long = sorted((contract.name, other.name), key=len)
        if long.startswith(f"{short}_"):
            problem = f"'{long}' may be a table or view of entity '{short}' ({other.path.name})"
            raise ContractError(contract.path, None, problem, f"rename one, so that none begins with '{short}_'")


def load_contract(path: Path) -> Contract:
    """Load one contract; raise ContractError naming the file, the field and the remedy."""
    return read_contract(path, read_document(path))


def read_contract(path: Path, document: Any) -> Contract:
    """Read the parsed content of the file at `path`; raise ContractError naming the file, the field and the remedy."""
    if not isinstance(document, dict):
        problem = "does not hold a mapping at its top level"
        raise ContractError(path, None, problem, "start from one of the shipped contracts")
    source = Section(path, None, cast("dict[Any, Any]", document), CONTRACT)
    source.check_kind_of_file("SourceSystem", "move the file to the folder 'sources' beside the contracts")
    source.check_keys()
    for key in ("kind", "apiVersion", "status"):
        source.choice(key)
    source.text("id")
    name = source.text("name")
    if not NAME.fullmatch(name):
        problem = f"'name' is '{name}'"
        raise source.error(problem, "use up to 32 characters a-z, 0-9 and '_', the first of them a-z")
    if name == names.SCHEMAS:
        raise source.error(f"'name' is '{name}', and the API serves schemas under that path", "rename it")
    if names.entity_table(name) in (names.REGISTRY_TABLE, names.LEDGER_TABLE, names.IDEMPOTENCY_TABLE):
        raise source.error(
            f"'name' is '{name}', and {names.entity_table(name)} is a table of the platform", "rename it"
        )
    version = source.text("version")
    if not VERSION.fullmatch(version):
        raise source.error(f"'version' is '{version}'", "use three numbers, e.g. 1.0.0")

    objects = source.sections("schema", OBJECT)
    if len(objects) != 1:
        raise source.error(f"'schema' holds {len(objects)} objects", "describe exactly one object a file")
    schema = objects[0]
    schema.check_keys()
    if schema.text("name") != name:
        problem = f"'{schema.name_of('name')}' differs from the contract's name '{name}'"
        raise source.error(problem, f"name the object '{name}' too")
    properties = schema.sections("properties", FIELD)
    if not properties:
        raise source.error("the entity has no properties", "list its fields under 'properties'")
    fields = tuple(read_field(item) for item in properties)
    named = {field.name: item.named(field.name) for field, item in zip(fields, properties, strict=True)}
    if len(named) != len(fields):
        repeated = next(field.name for field in fields if [other.name for other in fields].count(field.name) > 1)
        raise ContractError(path, repeated, "is defined twice", "remove one of the two")
    _check_aliases(fields, named)
    check_nested(source, fields, named)

    description = source.section("description", DESCRIPTION)
    description.check_keys()
    custom = source.custom_properties(ENTITY_PROPERTIES)
    unknown_fields = cast("Literal['refuse', 'ignore', 'keep']", custom.choice("unknownFields", default="refuse"))
    version_field = _version_field(custom, fields)
    key = _key(source, fields, named)
    partition_field = _partition_field(source, fields, named)
    contract = Contract(
        name=name,
        version=version,
        title=schema.optional_text("businessName") or name,
        description=description.text("purpose").strip(),
        fields=(*fields, rest_field(named)) if unknown_fields == "keep" else fields,
        key=key,
        partition_field=partition_field,
        partition_transform=cast("Literal['day', 'month', 'year']", custom.choice("partitionTransform")),
        version_field=version_field,
        files_from=_files_from(custom),
        path=path,
        team=read_team(source),
        tags=read_tags(source, schema),
        sla=read_service_levels(source),
        indexes=read_indexes(custom, fields),
        tie_breakers=read_tie_breakers(custom, fields, (*key, partition_field, version_field)),
        future_skew=_future_skew(custom, version_field, fields),
        precondition_required=custom.flag("preconditionRequired"),
        unknown_fields=unknown_fields,
        default_source=_default_source(custom),
        hot_days=_hot_days(custom),
        quality=read_quality(schema, custom, {field.name: field for field in fields}, named, key),
        texts=read_text_conventions(custom, fields),
        files=read_file_rules(custom, FILES),
        business_day=read_business_day(custom),
        dashboard_import=cast("Literal['spice', 'direct']", custom.choice("dashboardImport", default="spice")),
        row_security=read_row_security(custom, fields),
    )
    check_roles(contract, named)
    return contract


def _default_source(custom: Section) -> str | None:
    name = custom.optional_text("defaultSource")
    if name is not None and not NAME.fullmatch(name):
        raise custom.error(f"'{custom.name_of('defaultSource')}' is '{name}'", "write the name of a source system")
    return name


def _check_aliases(fields: tuple[Field, ...], sources: dict[str, Section]) -> None:
    owners = {field.name: field.name for field in fields}
    for field in fields:
        for alias in field.names[1:]:
            if alias in owners:
                problem = f"alias '{alias}' already stands for field '{owners[alias]}'"
                raise sources[field.name].error(problem, "let each name stand for one field")
            parent = alias.partition(".")[0]
            if any(parent == other.name for other in fields):
                problem = f"alias '{alias}' lies within field '{parent}', which arrives whole"
                raise sources[field.name].error(problem, "name an object that is not a field")
            owners[alias] = field.name


def _key(source: Section, fields: tuple[Field, ...], sources: dict[str, Section]) -> tuple[str, ...]:
    key = [field for field in fields if sources[field.name].flag("primaryKey")]
    if not key:
        raise source.error("no field is the primary key", "mark its fields with primaryKey: true")
    positions = {field.name: sources[field.name].whole_number("primaryKeyPosition") for field in key}
    if len(key) == 1:
        positions = {key[0].name: positions[key[0].name] or 1}
    if sorted(position or 0 for position in positions.values()) != list(range(1, len(key) + 1)):
        problem = f"the values of primaryKeyPosition on {', '.join(positions)} do not count from 1"
        raise source.error(problem, "number the fields of the key from 1, in order")
    size = 0
    for field in key:
        size += _check_key_field(field, sources[field.name])
    if size > _MAX_KEY_BYTES:
        problem = f"a key may take {size} bytes, DynamoDB allows {_MAX_KEY_BYTES}"
        raise source.error(problem, "lower the maxLength of its fields")
    return tuple(sorted(positions, key=lambda name: positions[name] or 0))


def _check_key_field(field: Field, source: Section) -> int:
    """Check a field of the key and return the bytes it may take in the key's text."""
    if field.type in (FieldType.DECIMAL, FieldType.BOOLEAN) or field.type in NESTED:
        raise source.error(f"a {field.type} cannot be part of a key", "use a string, integer, date or timestamp")
    if not field.required:
        raise source.error("is part of the key and optional", "set required: true")
    if field.personal:
        raise source.error("is part of the key and personal: keys appear in URLs", "use a pseudonymous identifier")
    if field.type is not FieldType.STRING:
        return _MAX_CHARACTER_BYTES * 10
    if not field.min_length or not field.max_length:
        raise source.error("is a text in the key without both lengths", "set minLength: 1 and a maxLength")
    return field.max_length * _MAX_CHARACTER_BYTES + 1


def _partition_field(source: Section, fields: tuple[Field, ...], sources: dict[str, Section]) -> str:
    marked = [field for field in fields if sources[field.name].flag("partitioned")]
    if len(marked) != 1:
        problem = f"{len(marked)} fields are marked as partitioned"
        raise source.error(problem, "mark exactly one date or timestamp with partitioned: true")
    field = marked[0]
    if field.type not in (FieldType.DATE, FieldType.TIMESTAMP):
        problem = f"a {field.type} cannot partition the entity"
        raise sources[field.name].error(
            problem, "partition by a date or timestamp that never changes while a record lives"
        )
    if not field.required:
        raise sources[field.name].error("partitions the entity and is optional", "set required: true")
    return field.name


def _version_field(custom: Section, fields: tuple[Field, ...]) -> str:
    name = custom.text("versionField")
    field = next((field for field in fields if field.name == name), None)
    if field is None:
        raise custom.error(f"'versionField' names '{name}', which is not a field", "name a field of the entity")
    custom = custom.named(name)
    if field.type not in (FieldType.TIMESTAMP, FieldType.DATE, FieldType.INTEGER):
        raise custom.error(f"a {field.type} cannot order versions", "use a timestamp, date or integer")
    if not field.required:
        raise custom.error("orders the versions and is optional", "set required: true")
    if field.type is FieldType.INTEGER and (field.minimum is None or field.minimum < 0):
        raise custom.error("orders the versions and may be negative", "set minimum: 0")
    if field.personal:
        raise custom.error("orders the versions and is personal: versions appear in URLs", "use another field")
    return name


def _future_skew(custom: Section, version_field: str, fields: tuple[Field, ...]) -> timedelta | None:
    hours = custom.whole_number("futureSkewHours")
    if hours is None:
        return None
    if any(field.name == version_field and field.type is FieldType.INTEGER for field in fields):
        raise custom.error(
            "'futureSkewHours' is set for versions that are numbers", "remove it: a number has no moment"
        )
    if hours > _MAX_FUTURE_SKEW_HOURS:
        raise custom.error(f"'futureSkewHours' is {hours}", f"allow at most {_MAX_FUTURE_SKEW_HOURS} hours, ten years")
    return timedelta(hours=hours)


def _hot_days(custom: Section) -> int:
    days = custom.whole_number("hotDays")
    if days is None:
        return _HOT_DAYS
    if not 1 <= days <= _MAX_HOT_DAYS:
        raise custom.error(f"'hotDays' is {days}", f"count from 1 to {_MAX_HOT_DAYS} days")
    return days


def _files_from(custom: Section) -> date:
    text = custom.text("filesFrom")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise custom.error(f"'filesFrom' is '{text}'", "write a day as YYYY-MM-DD") from error
