"""Views: made by statement or by CreateTable, kept in Glue as Athena keeps them."""

from pyiceberg.table import Table

from txplatform.local.aws.athena.view_codec import decode_view, encode_view
from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import DATABASE, Ask


def test_a_view_lives_in_glue_in_athenas_form(client: LocalClients, ask: Ask, sales: Table, name: str) -> None:
    body = "SELECT id, amount, sum(amount) OVER () AS total, created_at FROM sales WHERE paid"
    assert ask(f"CREATE VIEW {name} AS {body}").error == ""
    table = client("glue").get_table(DatabaseName=DATABASE, Name=name)["Table"]
    view = decode_view(table)
    assert (view.sql, view.database) == (body, DATABASE)
    assert view.columns == (
        ("id", "varchar"),
        ("amount", "decimal(18,2)"),
        ("total", "decimal(38,2)"),
        ("created_at", "timestamp with time zone"),
    )
    assert [column["Type"] for column in table["StorageDescriptor"]["Columns"]] == [
        "string",
        "decimal(18,2)",
        "decimal(38,2)",
        "timestamp",
    ]
    assert ask(f"SELECT id, total FROM {name}").rows == [("a", "10.00")]
    assert (name,) in ask("SHOW VIEWS").rows
    assert ("sales",) not in ask("SHOW VIEWS").rows
    assert body in "\n".join(line for (line,) in ask(f"SHOW CREATE VIEW {name}").rows)


def test_a_view_is_replaced_and_dropped_only_as_asked(ask: Ask, sales: Table, name: str) -> None:
    assert ask(f"CREATE VIEW {name} AS SELECT 1 AS x").error == ""
    assert "ALREADY_EXISTS" in ask(f"CREATE VIEW {name} AS SELECT 2 AS x").error
    assert ask(f"CREATE OR REPLACE VIEW {name} AS SELECT 2 AS y").error == ""
    assert ask(f"SELECT * FROM {name}").rows == [("2",)]
    assert ask(f'DROP VIEW shop."{name}"').error == ""
    assert "VIEW_NOT_FOUND" in ask(f"DROP VIEW {name}").error
    assert ask(f"DROP VIEW IF EXISTS {name}").error == ""
    assert "ALREADY_EXISTS" in ask("CREATE OR REPLACE VIEW sales AS SELECT 1 AS x").error
    assert "is a table" in ask("DROP VIEW sales").error


def test_views_on_views_and_beside_common_tables_of_the_same_name(ask: Ask, sales: Table, name: str) -> None:
    inner, outer = f"{name}_inner", f"{name}_outer"
    ask(f"CREATE VIEW {inner} AS WITH picked AS (SELECT * FROM sales WHERE id <> 'd') SELECT id, amount FROM picked")
    ask(f"CREATE VIEW {outer} AS SELECT count(*) AS n, sum(amount) AS s FROM {inner}")
    assert ask(f"WITH sales AS (SELECT 'none' AS id) SELECT o.n, o.s FROM {outer} o").rows == [
        ("3", "10000000000000010.09")
    ]


def test_a_view_that_cannot_work_is_refused(ask: Ask, sales: Table, name: str) -> None:
    assert "COLUMN_NOT_FOUND" in ask(f"CREATE VIEW {name} AS SELECT amuont FROM sales").error
    assert "DUPLICATE_COLUMN_NAME" in ask(f"CREATE VIEW {name} AS SELECT id, id FROM sales").error
    ask(f"CREATE VIEW {name} AS SELECT 1 AS x")
    ask(f"CREATE OR REPLACE VIEW {name} AS SELECT x FROM {name}")
    assert "VIEW_IS_RECURSIVE" in ask(f"SELECT * FROM {name}").error


def test_a_view_given_to_glue_directly_works(client: LocalClients, ask: Ask, sales: Table, name: str) -> None:
    table_input = encode_view(name, "SELECT id FROM sales WHERE amount > 5", DATABASE, [("id", "varchar")])
    client("glue").create_table(DatabaseName=DATABASE, TableInput=table_input)
    assert sorted(ask(f"SELECT id FROM {name}").rows) == [("a",), ("c",)]
