"""Run in an environment of its own: awswrangler's calls of Athena, each as its documentation has it.

Argument: the address of the local AWS. Prints a JSON object: the error of each call that failed, null for the others.
"""

import datetime as dt
import json
import sys
import uuid
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

DATABASE = f"calls_{uuid.uuid4().hex[:8]}"
ROOT = f"s3://{DATABASE.replace('_', '-')}"
SELECT = "SELECT * FROM src ORDER BY id"


def main(endpoint: str) -> None:
    """Make every call, the later ones on what the earlier ones left."""
    wr: Any = import_module("awswrangler")
    for service in ("s3", "athena", "glue", "sts"):
        setattr(wr.config, f"{service}_endpoint_url", endpoint)
    wr.config.athena_query_wait_polling_delay = 0.02
    import_module("boto3").client("s3", endpoint_url=endpoint).create_bucket(Bucket=ROOT.removeprefix("s3://"))
    wr.catalog.create_database(DATABASE)
    errors: dict[str, str | None] = {}
    for name, call, expected in _calls(wr, import_module("pandas")):
        try:
            found = call()
            errors[name] = None if expected is ... or found == expected else f"{found!r}, not {expected!r}"
        except Exception as error:  # noqa: BLE001 - what fails is what is asked for
            errors[name] = f"{type(error).__name__}: {error}"
    print(json.dumps(errors))


def _calls(wr: Any, pd: Any) -> list[tuple[str, Callable[[], Any], Any]]:
    """Name, call and answer of each; ... where there is no answer to compare."""
    at = {"database": DATABASE, "s3_output": f"{ROOT}/results/"}
    frame = pd.DataFrame({"id": [1, 2], "name": ["x", None], "amt": [Decimal("1.50"), None], "n": [1.5, 2.5]})
    merged = pd.DataFrame({"id": [2, 3], "name": ["y", "z"], "amt": [Decimal("2.00"), None], "n": [0.5, 3.5]})
    first = {"id": 1, "amount": Decimal("1.50"), "s": "a", "d": dt.date(2024, 1, 1)}

    def done(sql: str, **options: Any) -> str:
        started = wr.athena.start_query_execution(sql=sql, **at, **options)
        return wr.athena.wait_query(query_execution_id=started)["Status"]["State"]

    def rows(sql: str, **options: Any) -> Any:
        return wr.athena.read_sql_query(sql, **{**at, **options})

    def row(**options: Any) -> dict[str, Any]:
        found = rows(SELECT, **options).to_dict("records")[0]
        return {name: found[name] for name in first}

    def iceberg(name: str, of: Any = frame, **options: Any) -> Any:
        temporary = {"temp_path": f"{ROOT}/tmp/{uuid.uuid4()}/", "keep_files": False}
        return wr.athena.to_iceberg(of, table=name, table_location=f"{ROOT}/{name}/", **at, **temporary, **options)

    ids = "SELECT array_agg(id ORDER BY id) AS ids FROM "
    ddl = (
        f"CREATE TABLE src (id bigint, amount decimal(18,2), s string, d date, ts timestamp) "
        f"LOCATION '{ROOT}/src/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    values = (
        "(1, DECIMAL '1.50', 'a', DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00.123'), (2, NULL, NULL, NULL, NULL)"
    )
    one = [{"id": 1}]
    return [
        ("start_query_execution: CREATE TABLE", lambda: done(ddl), "SUCCEEDED"),
        ("start_query_execution: INSERT", lambda: done(f"INSERT INTO src VALUES {values}"), "SUCCEEDED"),
        ("read_sql_query, ctas_approach", row, first),
        ("read_sql_query, plain", lambda: row(ctas_approach=False), first),
        ("read_sql_query, unload_approach",
         lambda: row(ctas_approach=False, unload_approach=True, s3_output=f"{ROOT}/unloaded/"), first),
        ("read_sql_query, chunks", lambda: [len(part) for part in rows(SELECT, chunksize=1)], [1, 1]),
        ("read_sql_query, no rows", lambda: rows("SELECT * FROM src WHERE id < 0").shape, (0, 5)),
        ("read_sql_query, qmark parameters",
         lambda: rows("SELECT id FROM src WHERE s = ?", params=["'a'"], paramstyle="qmark").to_dict("records"), one),
        ("read_sql_query, named parameters",
         lambda: rows("SELECT id FROM src WHERE s = :v", params={"v": "a"}).to_dict("records"), one),
        ("read_sql_table", lambda: wr.athena.read_sql_table("src", **at).shape, (2, 5)),
        ("unload", lambda: wr.athena.unload(SELECT, f"{ROOT}/unload/", DATABASE).raw_payload["Status"]["State"],
         "SUCCEEDED"),
        ("create_ctas_table", lambda: wr.athena.create_ctas_table(SELECT, ctas_table="made", wait=True, **at), ...),
        ("read_sql_table of it", lambda: wr.athena.read_sql_table("made", ctas_approach=False, **at).shape, (2, 5)),
        ("to_iceberg", lambda: iceberg("ice"), None),
        ("to_iceberg, again", lambda: iceberg("ice", mode="overwrite"), None),
        ("to_iceberg, merged", lambda: iceberg("ice", merged, merge_cols=["id"]), None),
        ("read_sql_query of it", lambda: rows(f"{ids} ice", ctas_approach=False)["ids"][0], "[1, 2, 3]"),
        ("to_iceberg, partitioned", lambda: iceberg("parts", partition_cols=["id"]), None),
        ("delete_from_iceberg_table",
         lambda: wr.athena.delete_from_iceberg_table(
             merged[["id"]], table="ice", merge_cols=["id"], temp_path=f"{ROOT}/tmp/gone/", keep_files=False, **at),
         None),
        ("read_sql_query, what stayed", lambda: rows(f"{ids} ice", ctas_approach=False)["ids"][0], "[1]"),
        ("describe_table", lambda: list(wr.athena.describe_table("src", **at)["Type"])[:2],
         ["bigint", "decimal(18,2)"]),
        ("show_create_table", lambda: wr.athena.show_create_table("src", **at).startswith("CREATE TABLE"), True),
        ("s3.to_parquet, a data set",
         lambda: len(wr.s3.to_parquet(frame.drop(columns=["amt"]), f"{ROOT}/ds/", dataset=True, database=DATABASE,
                                      table="ds", partition_cols=["id"])["paths"]), 2),
        ("repair_table", lambda: wr.athena.repair_table("ds", **at), "SUCCEEDED"),
        ("read_sql_query of the data set", lambda: len(rows("SELECT * FROM ds")), 2),
        ("create_prepared_statement",
         lambda: wr.athena.create_prepared_statement("SELECT id FROM src WHERE id = ?", "by_id", workgroup="primary"),
         None),
        ("list_prepared_statements",
         lambda: "by_id" in [of["StatementName"] for of in wr.athena.list_prepared_statements("primary")], True),
        ("read_sql_query, EXECUTE",
         lambda: rows("EXECUTE by_id", params=["1"], paramstyle="qmark", ctas_approach=False).to_dict("records"), one),
        ("delete_prepared_statement", lambda: wr.athena.delete_prepared_statement("by_id", workgroup="primary"), None),
        ("list_query_executions",
         lambda: wr.athena.get_query_execution(wr.athena.list_query_executions()[0])["Status"]["State"], "SUCCEEDED"),
        ("get_query_columns_types",
         lambda: wr.athena.get_query_columns_types(
             wr.athena.start_query_execution("SELECT 1 AS a", wait=True, **at)["QueryExecutionId"]), {"a": "integer"}),
        ("generate_create_query",
         lambda: "CREATE" in wr.athena.generate_create_query("ds", database=DATABASE), True),
    ]  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
