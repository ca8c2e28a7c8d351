"""Reads what a contract asks of data beyond the rules of single fields. What nothing would check is refused."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal, cast

from txplatform.contracts.keys.quality import BOUNDS, ERROR_BUDGET, OBJECT_QUALITY, RELATIONSHIP, UNIQUE_ARGUMENTS
from txplatform.contracts.model import NESTED, Field
from txplatform.contracts.quality import Bound, Limit, Quality, RecordRule, Reference, SqlCheck
from txplatform.contracts.record_rules import read_record_rule
from txplatform.contracts.section import Section

MAX_CHECKS = 50
_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_TARGET = re.compile(r"([a-z][a-z0-9_]{0,31})\.([a-z][a-z0-9_]{0,62})")
_QUERY = re.compile(r"\s*(?:SELECT|WITH)\b[^;]*", re.IGNORECASE)
_DESCRIPTIVE = ("type", "id", "name", "description", "dimension", "businessImpact")
_KEYS_OF = {
    "text": (*OBJECT_QUALITY,),
    "library": (*_DESCRIPTIVE, "metric", "arguments", "mustBe"),
    "custom": (*_DESCRIPTIVE, "engine", "implementation"),
    "sql": (*_DESCRIPTIVE, "query", "severity", *BOUNDS),
}


def read_quality(
    schema: Section, custom: Section, fields: Mapping[str, Field], sources: Mapping[str, Section], key: tuple[str, ...]
) -> Quality:
    """Read the checks of the object, its relationships and its error budget; raise ContractError."""
    rules, sql_checks, unique = list[RecordRule](), list[SqlCheck](), False
    checks = schema.sections("quality", OBJECT_QUALITY)
    if len(checks) > MAX_CHECKS:
        raise schema.error(f"'{schema.name_of('quality')}' lists {len(checks)} checks", f"list at most {MAX_CHECKS}")
    for check in checks:
        check.check_keys()
        kind = check.choice("type", default="library")
        check.check_keys(_KEYS_OF[kind])
        match kind:
            case "custom":
                check.choice("engine")
                rules.append(read_record_rule(_name(check), check, fields))
            case "sql":
                sql_checks.append(_sql_check(check))
            case "library":
                unique = _is_unique(check, key) or unique
            case _:
                continue
    named = [item.name for item in (*rules, *sql_checks)]
    repeated = next((name for name in named if named.count(name) > 1), None)
    if repeated:
        raise schema.error(f"two quality checks have the name '{repeated}'", "name each by itself")
    budget = custom.section("errorBudget", ERROR_BUDGET)
    budget.check_keys()
    return Quality(
        rules=tuple(rules),
        file_limit=Limit(budget.whole_number("fileRows"), _share(budget, "fileRatio")),
        day_limit=Limit(budget.whole_number("dayRows"), _share(budget, "dayRatio")),
        least_redelivery=_share(custom, "leastRedelivery"),
        unique_keys=unique,
        sql_checks=tuple(sql_checks),
        references=tuple(_references(fields, sources)),
    )


def _name(check: Section) -> str:
    name = check.text("name")
    if not _NAME.fullmatch(name):
        problem = f"'{check.name_of('name')}' is '{name}'"
        raise check.error(problem, "use up to 48 characters a-z, 0-9 and '_', the first of them a-z")
    return name


def _share(section: Section, key: str) -> Decimal | None:
    value = section.number(key)
    if value is not None and not 0 <= value <= 1:
        raise section.error(f"'{section.name_of(key)}' is {value:f}", "write a share from 0 to 1, e.g. 0.05")
    return value


def _is_unique(check: Section, key: tuple[str, ...]) -> bool:
    check.choice("metric")
    arguments = check.section("arguments", UNIQUE_ARGUMENTS)
    arguments.check_keys()
    if set(arguments.texts("properties")) != set(key):
        problem = f"'{check.name_of('arguments')}' does not list the primary key"
        raise check.error(problem, f"set properties: [{', '.join(key)}]")
    if check.number("mustBe") != 0:
        raise check.error("the check 'duplicateValues' tolerates duplicates", "set mustBe: 0")
    return True


def _sql_check(check: Section) -> SqlCheck:
    query = check.text("query").strip()
    if not _QUERY.fullmatch(query):
        problem = f"'{check.name_of('query')}' is not one SELECT"
        raise check.error(problem, "write one statement that begins with SELECT or WITH, without ';'")
    bounds = tuple(_bound(check, operator) for operator in BOUNDS if check.has(operator))
    if not bounds:
        raise check.error(f"'{check.name_of('query')}' has nothing to be held against", "set e.g. mustBe: 0")
    severity = cast("Literal['error', 'warning']", check.choice("severity", default="error"))
    return SqlCheck(_name(check), query, bounds, check.optional_text("description") or "", severity)


def _bound(check: Section, operator: str) -> Bound:
    if not operator.endswith("Between"):
        number = check.number(operator)
        assert number is not None
        return Bound(operator, (number,))
    low_and_high = check.values(operator)
    numbers = tuple(Decimal(item) for item in low_and_high if isinstance(item, int | Decimal))
    if len(numbers) != 2 or len(low_and_high) != 2 or numbers[0] >= numbers[1]:
        problem = f"'{check.name_of(operator)}' is not a range"
        raise check.error(problem, "list two numbers, the smaller one first")
    return Bound(operator, numbers)


def _references(fields: Mapping[str, Field], sources: Mapping[str, Section]) -> Iterator[Reference]:
    for name, source in sources.items():
        relationships = source.sections("relationships", RELATIONSHIP)
        if len(relationships) > 1 or (relationships and fields[name].type in NESTED):
            raise source.error("has relationships that cannot be counted", "give one to a field of one plain value")
        for relationship in relationships:
            relationship.check_keys()
            relationship.choice("type", default="foreignKey")
            to = _TARGET.fullmatch(relationship.text("to"))
            if to is None:
                problem = f"'{relationship.name_of('to')}' is '{relationship.text('to')}'"
                raise relationship.error(problem, "write <entity>.<field>, e.g. customers.customer_id")
            yield Reference(name, *to.groups())
