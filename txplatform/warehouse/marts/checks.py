"""What must hold of a mart's header beyond its columns: grain, ratios with their parts, and personal data."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.errors import ContractError
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.header import Header
from txplatform.warehouse.marts.measures import Ratio
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.select_list import without_literals


def check_mart(path: Path, header: Header, mart: Mart, read: Sequence[Contract]) -> None:
    """Raise ContractError for a file whose view could not have its name, and for the first claim of its header that
    does not hold, with its line.
    """
    if path.stem in names.OF_EVERY_ENTITY:
        raise ContractError(path, None, f"'{mart.name}' names a table or view of every entity", "rename the file")
    for key, problem, remedy in _violations(mart, read):
        raise ContractError(f"{path}:{header.lines[key]}", None, problem, remedy)


def _violations(mart: Mart, read: Sequence[Contract]) -> Iterator[tuple[str, str, str]]:
    for name in mart.grain:
        if name not in mart.dimensions:
            yield "Grain", f"'{name}' is no dimension", "name dimensions alone"
    known = measures(read[0])
    for name in mart.measures:
        form = known[name].form
        lacking = {form.numerator, form.denominator} - set(mart.measures) if isinstance(form, Ratio) else set[str]()
        if lacking:
            problem = f"'{name}' stands without {', '.join(sorted(lacking))}"
            yield "Measures", problem, "add these, of which every reader of several rows makes the ratio"
    for name in mart.masked:
        if name not in mart.dimensions:
            yield "Personal data", f"'{name}' is no dimension", "name the columns that show values in part"
    personal = {field.name for contract in read for field in contract.fields if field.personal}
    shown = sorted(personal & set(mart.dimensions))
    used = sorted(personal & set(re.findall(r"\w+", without_literals(mart.sql))))
    if shown or (used and not mart.masked):
        problem = f"the statement has the personal fields {', '.join(shown or used)}"
        yield "Personal data", problem, "leave them out, or mask them under another name and declare that"
