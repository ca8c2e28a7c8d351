"""Old versions of tables and views in Glue, which keeps every one until its account is full (a million of them)."""

from collections.abc import Iterable
from typing import Any

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.errors import LakeError

VERSIONS_KEPT = 20  # of a table or view
_PAGE = 100  # versions that Glue deletes in one call


def table_versions(clients: AwsClients, name: str) -> list[str]:
    """The versions of a table or view that Glue keeps, the newest first; none if it does not exist."""
    glue = clients.client("glue")
    try:
        pages = glue.get_paginator("get_table_versions").paginate(DatabaseName=names.DATABASE, TableName=name)
        found = [str(item.get("VersionId")) for page in pages for item in page["TableVersions"]]
    except glue.exceptions.EntityNotFoundException:
        return []
    return sorted(found, key=int, reverse=True)


def delete_old_versions(clients: AwsClients, name: str, versions: Iterable[str]) -> int:
    """Delete all but the newest VERSIONS_KEPT of these versions, newest first; return how many."""
    old = list(versions)[VERSIONS_KEPT:]
    for start in range(0, len(old), _PAGE):
        answer: Any = clients.client("glue").batch_delete_table_version(
            DatabaseName=names.DATABASE, TableName=name, VersionIds=old[start : start + _PAGE]
        )
        if answer.get("Errors"):
            raise LakeError(f"{name}: Glue did not delete {len(answer['Errors'])} versions: {answer['Errors'][0]}")
    return len(old)
