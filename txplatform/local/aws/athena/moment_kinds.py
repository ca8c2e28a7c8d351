"""Which types come of adding and subtracting moments and intervals, by DuckDB's names; None for no type.

https://trino.io/docs/current/functions/datetime.html#date-and-time-operators
"""

TEMPORAL = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
TIME, INTERVAL = "TIME", "INTERVAL"
SHIFTED = (*TEMPORAL, TIME, INTERVAL)


def total(left: str, right: str) -> str | None:
    if INTERVAL not in (left, right):
        return None
    other = right if left == INTERVAL else left
    return other if other in SHIFTED else None


def difference(left: str, right: str) -> str | None:
    if right == INTERVAL:
        return left if left in SHIFTED else None
    return INTERVAL if (left in TEMPORAL and right in TEMPORAL) or left == right == TIME else None
