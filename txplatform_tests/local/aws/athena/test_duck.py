"""DuckDB itself reaches nothing but the S3 it is given, should a statement get that far."""

import duckdb
import pytest

from txplatform.local.aws.athena.duck import Duck


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/never.csv'",
        "SET disabled_filesystems = ''",
        "SET autoload_known_extensions = true",
    ],
)
def test_the_machine_is_out_of_reach(sql: str) -> None:
    cursor = Duck("http://127.0.0.1:1", "key", "secret", "us-east-1").cursor()
    with pytest.raises(duckdb.Error, match=r"disabled by configuration|configuration has been locked"):
        cursor.execute(sql)
