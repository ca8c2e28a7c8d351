"""Compares the columns of a file with the contract, before any row is judged.

A file that lacks a column of the key is another file than it should be: one of another system, an error page, a wrong
separator. It is refused whole, so that it neither floods the quarantine nor deletes what its predecessor held.
"""

from txplatform.contracts.model import Contract, Field
from txplatform.ingest.alignment import spellings
from txplatform.ingest.batch import FileRejected, RawBatch


def lacking(contract: Contract, batch: RawBatch) -> FileRejected | None:
    """Why the columns of a file are not the contract's; None where they may be.

    Of a file with rows the key is asked for: each of its rows names the other columns that it misses. A file without
    rows has none to do so, and needs every required column: it may be cut off. The message holds no name of the file's
    own, which in a file without a header is a value.
    """
    found = batch.frame.columns
    needed = contract.key_fields if batch.rows.len() or batch.broken.height else _required(contract)
    missing = [field for field in needed if field.alignment.default is None and not spellings(field, found)]
    if not missing:
        return None
    known = [field.name for field in contract.fields if spellings(field, found)]
    hint = " (a CSV file is separated by one of , ; | and tab)" if len(found) == 1 else ""
    return FileRejected(
        "file.header",
        f"columns missing: {', '.join(field.name for field in missing)}; "
        f"found: {len(found)}, of which the contract knows {', '.join(known) or 'none'}{hint}",
    )


def _required(contract: Contract) -> list[Field]:
    always = (*contract.key, contract.version_field, contract.partition_field)
    return [field for field in contract.fields if field.required or field.name in always]
