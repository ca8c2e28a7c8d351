"""Turns files of source systems into SourceSystems. Every defect is a ContractError with a remedy.

Everything that a payload does not decide is checked here: expressions, entities and their fields, transforms and their
arguments.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from txplatform.contracts.document import read_document, yaml_files
from txplatform.contracts.files import read_file_rules
from txplatform.contracts.keys.files import SYSTEM_FILES
from txplatform.contracts.keys.source import IGNORE, LAYOUT, RECORD, REFUSE, SYSTEM, WEBHOOK
from txplatform.contracts.loader import NAME
from txplatform.contracts.mapping.file_layouts import read_layout
from txplatform.contracts.mapping.model import (
    Envelope,
    IgnoreRule,
    Operation,
    RecordMapping,
    RefuseRule,
    SignatureScheme,
    SourceSystem,
    ValueMapping,
    Webhook,
)
from txplatform.contracts.mapping.values import checked, read_expression, read_fields, read_operation
from txplatform.contracts.model import Contract
from txplatform.contracts.patterns import VERSION
from txplatform.contracts.section import Section
from txplatform.errors import ContractError

SHIPPED = Path(__file__).parents[1] / "sources"
FOLDER = "sources"  # beside a user's own contracts

MAX_RULES = 200
MAX_STEPS = 4  # of `over`
DEFAULT_TOLERANCE_SECONDS = 300
MAX_TOLERANCE_SECONDS = 3600
_RULE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_HEADER = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def load_systems(contracts: Mapping[str, Contract], directory: Path | None = None) -> dict[str, SourceSystem]:
    """Load every source system beside the contracts of a directory, by default the shipped ones; raise ContractError.

    A directory of contracts need not have a folder of source systems.
    """
    folder = SHIPPED if directory is None else directory / FOLDER
    systems: dict[str, SourceSystem] = {}
    for path in yaml_files(folder):
        system = load_system(path, contracts)
        if system.name in systems:
            problem = f"source system '{system.name}' is already defined by {systems[system.name].path.name}"
            raise ContractError(path, None, problem, "remove one of the two files, or rename its system")
        systems[system.name] = system
    for contract in contracts.values():
        _check_default(contract, systems)
    return dict(sorted(systems.items()))


def _check_default(contract: Contract, systems: Mapping[str, SourceSystem]) -> None:
    """Refuse a contract whose files would be mapped by a system that is not there, or maps nothing to it."""
    name = contract.default_source
    if name is None:
        return
    if name not in systems:
        problem = f"'defaultSource' is '{name}', and there is no such source system"
        raise ContractError(contract.path, None, problem, f"use one of: {', '.join(sorted(systems)) or 'none, yet'}")
    if all(record.entity != contract.name for record in systems[name].records):
        problem = f"'defaultSource' is '{name}', which maps nothing to {contract.name}"
        raise ContractError(contract.path, None, problem, "name a source system that maps to it, or remove it")


def load_system(path: Path, contracts: Mapping[str, Contract]) -> SourceSystem:
    """Load one source system, which maps to these contracts; raise ContractError."""
    return read_system(path, read_document(path), contracts)


def read_system(path: Path, document: Any, contracts: Mapping[str, Contract]) -> SourceSystem:
    """Read the parsed content of the file at `path`; raise ContractError naming the file, the key and the remedy."""
    if not isinstance(document, dict):
        raise ContractError(
            path, None, "does not hold a mapping at its top level", "start from one of the shipped source systems"
        )
    source = Section(path, None, cast("dict[Any, Any]", document), SYSTEM)
    source.check_kind_of_file("DataContract", "move the file to the folder above, among the contracts")
    source.check_keys()
    source.choice("kind")
    name = source.text("name")
    if not NAME.fullmatch(name):
        raise source.error(f"'name' is '{name}'", "use up to 32 characters a-z, 0-9 and '_', the first of them a-z")
    version = source.text("version")
    if not VERSION.fullmatch(version):
        raise source.error(f"'version' is '{version}'", "use three numbers, e.g. 1.0.0")
    sections = source.sections("records", RECORD)
    if not sections:
        raise source.error("'records' is empty", "map at least one record")
    records = tuple(_read_record(section, contracts) for section in sections)
    _check_distinct(source, "records", "name", (record.name for record in records))
    ignore = tuple(_read_ignore(section) for section in source.sections("ignore", IGNORE))
    _check_distinct(source, "ignore", "when", (rule.when for rule in ignore))
    refuse = tuple(_read_refuse(section) for section in source.sections("refuse", REFUSE))
    _check_distinct(source, "refuse", "when", (rule.when for rule in refuse))
    count = len(records) + len(ignore) + len(refuse)
    if count > MAX_RULES:
        raise source.error(f"there are {count} rules", f"use at most {MAX_RULES}")
    return SourceSystem(
        name=name,
        version=version,
        description=source.text("description").strip(),
        match=read_expression(source, "match"),
        envelopes=_read_envelopes(source),
        webhook=_read_webhook(source.section("webhook", WEBHOOK)) if source.has("webhook") else None,
        records=records,
        ignore=ignore,
        refuse=refuse,
        layouts=tuple(read_layout(section) for section in source.sections("layouts", LAYOUT)),
        path=path,
        files=read_file_rules(source, SYSTEM_FILES),
    )


def _read_record(source: Section, contracts: Mapping[str, Contract]) -> RecordMapping:
    source.check_keys()
    entity = source.text("entity")
    if entity not in contracts:
        problem = f"'{source.name_of('entity')}' is '{entity}', for which there is no contract"
        raise source.error(problem, f"use one of: {', '.join(contracts)}")
    over = source.text_or_texts("over")
    if len(over) > MAX_STEPS:
        raise source.error(f"'{source.name_of('over')}' has {len(over)} steps", f"use at most {MAX_STEPS}")
    operation = read_operation(source)
    return RecordMapping(
        name=_rule_name(source, "name"),
        entity=entity,
        when=read_expression(source, "when"),
        over=tuple(checked(source, source.name_of("over"), step) for step in over),
        operation=operation,
        nulled=_read_nulled(source, operation),
        fields=read_fields(source, contracts[entity], operation),
    )


def _read_nulled(source: Section, operation: Operation | ValueMapping) -> str | None:
    nulled = read_expression(source, "nulled")
    if nulled is not None and operation != "patch":
        problem = f"'{source.name_of('nulled')}' is there for another operation than patch, which empties no field"
        raise source.error(problem, "remove it, or set operation: patch")
    return nulled


def _read_ignore(source: Section) -> IgnoreRule:
    source.check_keys()
    when = source.text("when")
    return IgnoreRule(checked(source, source.name_of("when"), when), _rule_name(source, "reason"))


def _read_refuse(source: Section) -> RefuseRule:
    source.check_keys()
    when = checked(source, source.name_of("when"), source.text("when"))
    return RefuseRule(when, _rule_name(source, "reason"), source.text("message").strip())


def _rule_name(source: Section, key: str) -> str:
    name = source.text(key)
    if not _RULE_NAME.fullmatch(name):
        problem = f"'{source.name_of(key)}' is '{name}'"
        raise source.error(problem, "use up to 63 characters a-z, 0-9 and '_', the first of them a-z")
    return name


def _check_distinct(source: Section, key: str, what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise source.error(f"'{key}' has the {what} '{value}' twice", "remove or rename one of the two")
        seen.add(value)


def _read_envelopes(source: Section) -> tuple[Envelope, ...]:
    texts = source.texts("envelopes")
    for text in texts:
        if text not in SYSTEM["envelopes"].choices:
            raise source.error(f"'envelopes' holds '{text}'", f"use one of: {', '.join(SYSTEM['envelopes'].choices)}")
    return tuple(Envelope(text) for text in texts)


def _read_webhook(source: Section) -> Webhook:
    source.check_keys()
    scheme = SignatureScheme(source.choice("scheme"))
    header = source.text("header")
    if not _HEADER.fullmatch(header):
        raise source.error(f"'webhook.header' is '{header}'", "write a header in small characters, e.g. x-signature")
    tolerance = source.whole_number("toleranceSeconds")
    if scheme is not SignatureScheme.STRIPE:
        if tolerance is not None:
            raise source.error("'webhook.toleranceSeconds' needs a signed time", "remove it, or use the scheme stripe")
    elif tolerance is None:
        tolerance = DEFAULT_TOLERANCE_SECONDS
    elif not 0 < tolerance <= MAX_TOLERANCE_SECONDS:
        raise source.error(f"'webhook.toleranceSeconds' is {tolerance}", f"use 1 to {MAX_TOLERANCE_SECONDS} seconds")
    encoding = cast("Any", source.choice("encoding", "hex"))
    return Webhook(scheme, header, encoding, source.optional_text("prefix") or "", tolerance)
