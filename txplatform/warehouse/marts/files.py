"""The marts of an entity: its files `warehouse/sql/<entity>/<name>.sql`, or where there are none, one by default.

A file becomes the view `<entity>_<name>`. In its statement `${measures}` stands for the counts and sums of the header,
as the dictionary has them; ratios are made of these around the statement. `${day:expression}` is the business day of a
UTC timestamp by the contract of the entity, `${today}` the one that it is now.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from txplatform.contracts.model import Contract
from txplatform.errors import ContractError
from txplatform.warehouse.business_days import day_of, today
from txplatform.warehouse.marts.checks import check_mart
from txplatform.warehouse.marts.columns import mart_columns
from txplatform.warehouse.marts.default import default_mart
from txplatform.warehouse.marts.dictionary import measures
from txplatform.warehouse.marts.expressions import over_records
from txplatform.warehouse.marts.header import Header, parse_header, read_header
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.rollup import with_ratios
from txplatform.warehouse.marts.table_checks import check_table

FOLDER = Path(__file__).parents[1] / "sql"
_DAY = "day:"
_DEFAULT = "daily"
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


def marts(
    contract: Contract, contracts: Mapping[str, Contract] | None = None, folder: Path = FOLDER
) -> tuple[Mart, ...]:
    """The marts of an entity, by name, of those that read no others than these contracts; raise ContractError.

    Without `contracts` they are those that read the entity alone.
    """
    known = {contract.name: contract, **(contracts or {})}
    paths = sorted((folder / contract.name).glob("*.sql"))
    if not paths:
        path = folder / contract.name / f"{_DEFAULT}.sql"
        return (_mart(contract, path, parse_header(path, default_mart(contract)), known),)
    headers = [(path, read_header(path)) for path in paths]
    return tuple(_mart(contract, path, header, known) for path, header in headers if _readable(header.reads, known))


def mart_names(contract: Contract, folder: Path = FOLDER) -> list[str]:
    """The names of all views that an entity's marts are, whatever they read."""
    stems = sorted(path.stem for path in (folder / contract.name).glob("*.sql")) or [_DEFAULT]
    return [f"{contract.name}_{stem}" for stem in stems]


def mart_tables(contract: Contract, folder: Path = FOLDER) -> list[str]:
    """The names of the marts of an entity that are tables behind their views."""
    paths = sorted((folder / contract.name).glob("*.sql"))
    return [f"{contract.name}_{path.stem}" for path in paths if read_header(path).table_by]


def _readable(reads: Collection[str], known: Mapping[str, Contract]) -> bool:
    return all(entity in known for entity in reads)


def _mart(contract: Contract, path: Path, header: Header, known: Mapping[str, Contract]) -> Mart:
    body = _PLACEHOLDER.sub(lambda found: _rendered(contract, path, header, found[1]), header.body)
    sql = with_ratios(contract, body, header.dimensions, header.measures)
    read = [contract, *(known[entity] for entity in header.reads)]
    mart = Mart(
        name=f"{contract.name}_{path.stem}",
        entity=contract.name,
        description=header.description,
        sql=sql,
        reads=header.reads,
        grain=header.grain,
        dimensions=header.dimensions,
        measures=header.measures,
        masked=header.masked,
        table_by=header.table_by,
        columns=mart_columns(path, header, sql, read),
    )
    check_mart(path, header, mart, read)
    if header.table_by:
        check_table(path, header, mart, contract)
    return mart


def _rendered(contract: Contract, path: Path, header: Header, placeholder: str) -> str:
    if placeholder == "today":
        return today(contract.business_day)
    if placeholder.startswith(_DAY):
        return day_of(placeholder.removeprefix(_DAY), contract.business_day)
    if placeholder != "measures":
        remedy = "write ${measures}, ${today} or ${day:expression}"
        raise ContractError(path, None, f"'${{{placeholder}}}' is no placeholder", remedy)
    known = measures(contract)
    shown = [known[name] for name in header.measures if name in known]
    expressions = [(measure.name, over_records(measure, contract)) for measure in shown]
    return ",\n  ".join(f"{expression} AS {name}" for name, expression in expressions if expression)
