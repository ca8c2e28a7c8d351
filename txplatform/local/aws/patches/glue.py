"""moto's Glue ignores VersionId in UpdateTable: of two racing Iceberg commits both succeed and one is lost.

AWS refuses the second with ConcurrentModificationException, and so do we. Creation is made atomic for the same reason.
"""

import threading

from moto.core.responses import ActionResult
from moto.glue.exceptions import GlueClientError
from moto.glue.responses import GlueResponse

_writing = threading.RLock()


def apply() -> None:
    update, create, delete = GlueResponse.update_table, GlueResponse.create_table, GlueResponse.delete_table

    def update_table(response: GlueResponse) -> ActionResult:
        expected = response.parameters.get("VersionId")
        with _writing:
            if expected is not None:
                name = response.parameters["TableInput"]["Name"]
                table = response.glue_backend.get_table(response.parameters["DatabaseName"], name)
                current = table.as_dict()["VersionId"]
                if str(current) != str(expected):
                    raise GlueClientError(
                        "ConcurrentModificationException",
                        f"Update table failed due to concurrent modifications: version {current}, not {expected}.",
                    )
            return update(response)

    def create_table(response: GlueResponse) -> ActionResult:
        with _writing:
            return create(response)

    def delete_table(response: GlueResponse) -> ActionResult:
        with _writing:
            return delete(response)

    GlueResponse.update_table = update_table  # type: ignore[method-assign]
    GlueResponse.create_table = create_table  # type: ignore[method-assign]
    GlueResponse.delete_table = delete_table  # type: ignore[method-assign]
