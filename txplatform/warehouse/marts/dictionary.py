"""The dictionary of measures and dimensions: `warehouse/sql/dictionary.yaml`, and what follows from a contract."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from txplatform.contracts.document import read_document
from txplatform.contracts.model import Contract, FieldType
from txplatform.errors import ContractError
from txplatform.warehouse.marts.entries import read_measure, read_texts
from txplatform.warehouse.marts.measures import Count, Dimension, Measure, Sum
from txplatform.warehouse.marts.references import check_measure

DICTIONARY = Path(__file__).parents[1] / "sql" / "dictionary.yaml"
_DIMENSION = {"type", "description"}


@cache
def dimensions(path: Path = DICTIONARY) -> Mapping[str, Dimension]:
    """The columns of marts that are no fields of an entity, by name; raise ContractError."""
    found: dict[str, Dimension] = {}
    for name, entry in _read(path)["dimensions"].items():
        texts = read_texts(path, f"dimensions.{name}", entry, _DIMENSION)
        found[name] = Dimension(name, texts["type"], texts["description"])
    return found


def measures(contract: Contract, path: Path = DICTIONARY) -> Mapping[str, Measure]:
    """The measures of an entity, by name: those of the dictionary, else how many records, and the sums of decimals."""
    entries = _read(path)["measures"].get(contract.name)
    if entries is None:
        return default_measures(contract)
    found = {name: read_measure(path, f"{contract.name}.{name}", name, entry) for name, entry in entries.items()}
    for measure in found.values():
        check_measure(path, f"{contract.name}.{measure.name}", measure, found, contract)
    return found


def default_measures(contract: Contract) -> Mapping[str, Measure]:
    """What can be measured of any entity."""
    count = Measure("records", "Records", f"How many records of {contract.name} there are.", "records", "#,##0",
                    Count({}))  # fmt: skip
    sums = [
        Measure(f"total_{field.name}", f"Total {field.name}", f"Sum of: {field.description}", "quantity",
                f"#,##0.{'0' * field.scale}" if field.scale else "#,##0", Sum(field.name, {}))
        for field in contract.fields
        if field.type is FieldType.DECIMAL and not field.personal
    ]  # fmt: skip
    return {measure.name: measure for measure in (count, *sums)}


@cache
def _read(path: Path) -> dict[str, dict[str, Any]]:
    document = read_document(path)
    if not isinstance(document, dict) or set(cast("dict[str, Any]", document)) != {"dimensions", "measures"}:
        problem = "does not hold the keys 'dimensions' and 'measures' alone"
        raise ContractError(path, None, problem, "write both, each with its entries by name")
    return cast("dict[str, dict[str, Any]]", document)
