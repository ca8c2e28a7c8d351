"""moto's Glue ignores VersionId in UpdateTable: of two racing Iceberg commits both succeed and one is lost.

AWS refuses the second with ConcurrentModificationException, and so do we. Creation is made atomic for the same reason.
Nor does moto know SkipArchive, with which the former version is not kept, or BatchDeleteTableVersion. And where a table
has no partition keys, AWS answers an empty list of them, which clients rely on.
"""

import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.glue.exceptions import GlueClientError
from moto.glue.models import FakeTable
from moto.glue.responses import GlueResponse

_writing = threading.RLock()


def apply() -> None:
    described = FakeTable.as_dict

    def as_dict(table: FakeTable, version: str | None = None) -> dict[str, Any]:
        return {"PartitionKeys": [], **described(table, version)}

    FakeTable.as_dict = as_dict  # type: ignore[method-assign]
    _patch_responses()


def _patch_responses() -> None:
    update, create, delete = GlueResponse.update_table, GlueResponse.create_table, GlueResponse.delete_table

    def update_table(response: GlueResponse) -> ActionResult:
        expected = response.parameters.get("VersionId")
        with _writing:
            name = response.parameters["TableInput"]["Name"]
            table = response.glue_backend.get_table(response.parameters["DatabaseName"], name)
            current = table.as_dict()["VersionId"]
            if expected is not None and str(current) != str(expected):
                raise GlueClientError(
                    "ConcurrentModificationException",
                    f"Update table failed due to concurrent modifications: version {current}, not {expected}.",
                )
            answer = update(response)
            if response.parameters.get("SkipArchive"):
                table.delete_version(current)
            return answer

    def create_table(response: GlueResponse) -> ActionResult:
        with _writing:
            return create(response)

    def delete_table(response: GlueResponse) -> ActionResult:
        with _writing:
            return delete(response)

    def batch_delete_table_version(response: GlueResponse) -> ActionResult:
        errors: list[dict[str, Any]] = []
        with _writing:
            table = response.glue_backend.get_table(
                response.parameters["DatabaseName"], response.parameters["TableName"]
            )
            for version in response.parameters["VersionIds"]:
                if version == table.as_dict()["VersionId"] or version not in table.versions:
                    detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Version not found."}
                    errors.append({"TableName": table.name, "VersionId": version, "ErrorDetail": detail})
                else:
                    table.delete_version(version)
        return ActionResult({"Errors": errors})

    GlueResponse.batch_delete_table_version = batch_delete_table_version  # type: ignore[attr-defined]
    GlueResponse.update_table = update_table  # type: ignore[method-assign]
    GlueResponse.create_table = create_table  # type: ignore[method-assign]
    GlueResponse.delete_table = delete_table  # type: ignore[method-assign]
