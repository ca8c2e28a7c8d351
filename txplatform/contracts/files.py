"""Reads how files are written, where a contract or a source system says it."""

import re

from txplatform.contracts.keys import Place
from txplatform.contracts.model import FileRules
from txplatform.contracts.section import Section

_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")


def read_file_rules(source: Section, place: Place) -> FileRules:
    """The rules under `files` of a contract's custom properties, or of a source system; raise ContractError."""
    files = source.section("files", place)
    files.check_keys()
    return FileRules(
        encoding=files.choice("encoding") if files.has("encoding") else None,
        records_path=_records_path(files),
        sheet=files.text("sheet") if files.has("sheet") else None,
    )


def _records_path(files: Section) -> tuple[str, ...]:
    pointer = files.optional_text("recordsPath")
    if pointer is None:
        return ()
    if not _POINTER.fullmatch(pointer):
        problem = f"'{files.name_of('recordsPath')}' is '{pointer}'"
        raise files.error(problem, "write a JSON pointer, such as /data/items")
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in pointer[1:].split("/"))
