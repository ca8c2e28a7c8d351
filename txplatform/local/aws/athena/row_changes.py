"""DELETE and UPDATE of an Iceberg table, each as the MERGE that changes the same rows.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-updating-iceberg-table-data.html
"""

import re

from sqlglot import exp

from txplatform.local.aws.athena import clauses, dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.names import NAME
from txplatform.local.aws.athena.rewriting import refuse

_DELETE = re.compile(rf"delete\s+from\s+(?P<table>{NAME})\s*", re.IGNORECASE)
_UPDATE = re.compile(rf"update\s+(?P<table>{NAME})\s+set\s+(?P<assignments>.+)", re.IGNORECASE | re.DOTALL)
_ONCE = "(SELECT 1 AS once) AS _row"  # a source of one row


def merge_of(sql: str) -> exp.Expr:
    """Return the MERGE; raise StatementError."""
    change, condition = clauses.split(sql, "where")
    deleted, updated = _DELETE.fullmatch(change), _UPDATE.fullmatch(change)
    found = deleted or updated
    if found is None:
        reason = "line 1:1: mismatched input. Expecting: DELETE FROM table, UPDATE table SET"
        raise StatementError("SYNTAX_ERROR", reason)
    then = f"UPDATE SET {found['assignments']}" if updated else "DELETE"
    where = condition.strip() or "true"
    merge = dialect.parse(f"MERGE INTO {found['table']} USING {_ONCE} ON ({where}\n) WHEN MATCHED THEN {then}")
    if not isinstance(merge, exp.Merge) or len(merge.args["whens"].expressions) != 1:
        raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input 'WHEN'")
    if len(list(merge.find_all(exp.Query))) > 2:  # those of the source
        raise refuse("a subquery in DELETE or UPDATE, which can be the source of a MERGE,")
    assigned = {id(assignment.this) for update in merge.find_all(exp.Update) for assignment in update.expressions}
    for column in merge.find_all(exp.Column):
        if not column.table and id(column) not in assigned:
            column.set("table", exp.to_identifier(merge.this.name, quoted=True))
    return merge
