"""SQL of the checks that a contract declares: counts of absent references, and its own queries, each of one row."""

from datetime import date

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.quality import Reference, SqlCheck
from txplatform.warehouse.statements import quoted


def absent_references(contract: Contract, reference: Reference, since: date) -> str:
    """How many records from `since` on, by the partition field, have a value, and of how many the other lacks it."""
    by = quoted(contract.partition_field)
    moment = f"DATE '{since}'"
    if contract[contract.partition_field].type is FieldType.TIMESTAMP:
        moment = f"TIMESTAMP '{since} 00:00:00'"
    field, target = quoted(reference.field), quoted(reference.target)
    return (
        'SELECT count(*) AS checked, count(*) FILTER (WHERE t."value" IS NULL) AS absent '
        f'FROM (SELECT {field} AS "value" FROM {quoted(contract.name)} '
        f"WHERE {field} IS NOT NULL AND {by} >= {moment}) s "
        f'LEFT JOIN (SELECT DISTINCT {target} AS "value" FROM {quoted(reference.entity)}) t ON s."value" = t."value"'
    )


def sql_check(contract: Contract, check: SqlCheck) -> str:
    """The query of a check, over the current view; as a part of another one it can do nothing but read.

    It yields two rows at most, of which the second says that the query does not yield one number.
    """
    query = check.query.replace("${table}", quoted(contract.name)).replace("${object}", quoted(contract.name))
    return f"SELECT * FROM (\n{query.replace('{object}', quoted(contract.name))}\n) measured LIMIT 2"
