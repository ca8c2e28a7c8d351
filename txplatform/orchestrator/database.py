"""Prepares the database of Dagster's instance: its user, who has no password and logs in with a token of AWS.

    python -m txplatform.orchestrator.database

runs before the code server in its task, as the administrator, whose password RDS changes every week. Run it as often
as you like.
"""

import os
from collections.abc import Mapping

import psycopg2
from psycopg2 import sql

_TOKENS = "rds_iam"  # who has this role logs in with tokens alone; it exists on RDS


def prepare(variables: Mapping[str, str]) -> None:
    """Make the user where there is none, and let it make the tables of its database."""
    user = variables["DAGSTER_POSTGRES_USER"]
    names = {"user": sql.Identifier(user), "database": sql.Identifier(variables["DAGSTER_POSTGRES_DB"])}
    with (
        psycopg2.connect(
            host=variables["DAGSTER_POSTGRES_HOST"],
            port=variables["DAGSTER_POSTGRES_PORT"],
            dbname=variables["DAGSTER_POSTGRES_DB"],
            user=variables["DAGSTER_ADMINISTRATOR"],
            password=variables["DAGSTER_ADMINISTRATOR_PASSWORD"],
            sslmode="require",
            connect_timeout=10,
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {user} LOGIN").format(**names))
        cursor.execute(sql.SQL("GRANT {tokens} TO {user}").format(tokens=sql.Identifier(_TOKENS), **names))
        cursor.execute(sql.SQL("GRANT ALL ON DATABASE {database} TO {user}").format(**names))
        cursor.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {user}").format(**names))


if __name__ == "__main__":
    prepare(os.environ)
