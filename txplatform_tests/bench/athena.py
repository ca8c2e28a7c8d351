"""The local Athena: a division of decimals against DuckDB's own, and a large result read page by page.

DuckDB's own quotient is a double, which is not the answer; it is how fast the engine goes. Pages are read as they come
from the socket; what boto3 takes to make objects of them is said beside it.
"""

import http.client
import json
import os
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import duckdb

from txplatform.local.aws.athena import dialect
from txplatform.local.clients import LocalClients
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import cost_of, medians, progress
from txplatform_tests.lake_stand import BUCKET, aws_process
from txplatform_tests.local.aws.athena import without_tables

_DIVIDED = {Size.SMALL: 20_000, Size.FULL: 2_000_000}
_PAGED = {Size.SMALL: 3_000, Size.FULL: 200_000}
_ROUNDS = {Size.SMALL: 1, Size.FULL: 7}
_PAGE = 1000  # rows, the most that Athena gives
_QUOTIENTS = {  # with the most times of DuckDB's own
    "two columns": ("amount / fee", 5),
    "by an integer": ("total / number", 5),
    "by two, half of it ties": ("amount / 2", None),
}
SETTINGS = {size: f"{_DIVIDED[size]:,} quotients, and a result of {_PAGED[size]:,} rows." for size in Size}


def measure(size: Size) -> Iterator[Figure]:
    """Divide, then page."""
    yield from _divisions(size)
    yield from _pages(size)


def _divisions(size: Size) -> Iterator[Figure]:
    connection = without_tables.connect()
    amount = "CAST(random() * 1000000 AS DECIMAL({}, 2))"
    connection.execute(
        f"CREATE TABLE t AS SELECT {amount.format(18)} AS amount, {amount.format(38)} AS total, "
        f"CAST(1 + random() * 100 AS DECIMAL(18, 2)) AS fee, CAST(1 + random() * 100 AS BIGINT) AS number "
        f"FROM range({_DIVIDED[size]})"
    )
    for name, (quotient, most) in _QUOTIENTS.items():
        plain = f"SELECT max({quotient}) FROM t"
        exact = dialect.to_duckdb(dialect.parse(plain))
        run = partial(_run, connection)
        costs = medians({"plain": partial(run, plain), "exact": partial(run, exact)}, _ROUNDS[size])
        alone, ours = costs["plain"].cpu_seconds, costs["exact"].cpu_seconds
        yield Figure(f"{name}: exact quotients, CPU", ours, "s")
        yield Figure(f"{name}: exact to DuckDB's doubles, CPU", ours / max(alone, 0.01), "x", most=most)


def _run(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    connection.execute(sql).fetchall()


def _pages(size: Size) -> Iterator[Figure]:
    endpoint, process = aws_process()
    clients = LocalClients(endpoint)
    clients("s3").create_bucket(Bucket=BUCKET)
    athena = clients("athena")
    query = athena.start_query_execution(
        QueryString=f"SELECT x, 'row ' || cast(y AS varchar) AS s FROM UNNEST(sequence(1, {_PAGED[size] // 100})) t(x) "
        "CROSS JOIN UNNEST(sequence(1, 100)) u(y)",
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/bench/"},
    )["QueryExecutionId"]
    while (state := _state(athena, query)) in ("QUEUED", "RUNNING"):
        time.sleep(0.05)
    if state != "SUCCEEDED":
        raise AssertionError(state)
    progress("paging")
    with cost_of(os.getpid(), process) as raw:
        rows = sum(_raw_pages(endpoint, query))
    yield Figure("all pages", raw.seconds, "s")
    yield Figure("all pages, CPU of the local AWS and the reader", raw.cpu_seconds, "s", most=3)
    with cost_of(os.getpid(), process) as cost:
        pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        parsed = sum(len(page["ResultSet"]["Rows"]) for page in pages)
    yield Figure("all pages, CPU with boto3", cost.cpu_seconds, "s")
    yield Figure("rows missing", 2 * (_PAGED[size] + 1) - rows - parsed, most=0, least=0, exact=True)


def _state(athena: Any, query: str) -> str:
    return athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]


def _raw_pages(endpoint: str, query: str) -> Iterator[int]:
    """Yield how many rows each page has, the first with the names of the columns."""
    place = urlsplit(endpoint)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonAthena.GetQueryResults",
        "Authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/athena/aws4_request",
    }
    request: dict[str, Any] = {"QueryExecutionId": query, "MaxResults": _PAGE}
    while True:
        connection.request("POST", "/", json.dumps(request), headers)
        page = json.loads(connection.getresponse().read())
        yield len(page["ResultSet"]["Rows"])
        if "NextToken" not in page:
            break
        request["NextToken"] = page["NextToken"]
    connection.close()
