"""Compares the columns of a file with the contract, before any row is validated.

A file that lacks a column of the key is not the file it should be: it comes from another system, or is an error page,
or has another separator. It is refused as a whole, so that it neither floods the quarantine nor deletes the rows of the
file before it.
"""

from txplatform.contracts.model import Contract, Field
from txplatform.ingest.alignment import present_names
from txplatform.ingest.batch import RawBatch, RejectedError


def check_header(contract: Contract, batch: RawBatch) -> None:
    """Raise RejectedError where the columns of a file cannot be the contract's.

    A file with rows needs the columns of the key: each of its rows names the other columns that are missing. A file
    without rows needs every required column, because it may be cut off. The message holds no name from the file, which
    in a file without a header is a value.
    """
    found = batch.frame.columns
    needed = contract.key_fields if batch.rows.len() or batch.broken.height else _required(contract)
    missing = [field for field in needed if field.filler is None and not present_names(field, found)]
    if not missing:
        return
    known = [field.name for field in contract.fields if present_names(field, found)]
    hint = " (a CSV file is separated by one of , ; | and tab)" if len(found) == 1 else ""
    raise RejectedError(
        "file.header",
        f"columns missing: {', '.join(field.name for field in missing)}; "
        f"found: {len(found)}, of which the contract knows {', '.join(known) or 'none'}{hint}",
    )


def _required(contract: Contract) -> list[Field]:
    always = (*contract.key, contract.version_field, contract.partition_field)
    return [field for field in contract.fields if field.required or field.name in always]
