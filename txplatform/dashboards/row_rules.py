"""Rules of who sees which rows of dashboards: a CSV file that the deployment gives, for QuickSight and Power BI alike.

    entity,principal,value
    payments,arn:aws:quicksight:eu-west-1:111122223333:user/default/ada,mer_1
    payments,ada@example.com,mer_1
    payments,arn:aws:quicksight:eu-west-1:111122223333:group/default/finance,

`value` is one of the field that the contract's `rowSecurity` names; without one, the principal sees every row. Users
and groups of QuickSight are named by ARN, users of Power BI by the name with which they sign in. Whom no rule names
sees no row.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from txplatform.contracts.model import Contract
from txplatform.errors import ContractError

_COLUMNS = ["entity", "principal", "value"]
_QUICKSIGHT = re.compile(r"arn:aws[\w-]*:quicksight:[\w-]+:\d{12}:(?:user|group)/[^/\s]+/\S.*")
_POWER_BI = re.compile(r"[^@\s\"']+@[^@\s\"']+")


@dataclass(frozen=True, slots=True)
class RowRule:
    """A principal sees rows with this value; every row of the entity where it is empty."""

    entity: str
    principal: str
    value: str

    @property
    def of_quicksight(self) -> bool:
        """Whether the principal is one of QuickSight, and not of Power BI."""
        return self.principal.startswith("arn:")


def read_row_rules(path: Path | None, contracts: Mapping[str, Contract]) -> tuple[RowRule, ...]:
    """Read the file, if one is given; raise ContractError with its line."""
    if path is None:
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        try:
            if next(lines, None) != _COLUMNS:
                remedy = f"write the line: {','.join(_COLUMNS)}"
                raise ContractError(f"{path}:1", None, "has other columns, or none", remedy)
            rules = [_rule(f"{path}:{lines.line_num}", cells, contracts) for cells in lines]
        except csv.Error as error:
            raise ContractError(f"{path}:{lines.line_num}", None, f"is no CSV: {error}", "quote it as CSV") from error
    return tuple(dict.fromkeys(rules))


def _rule(place: str, cells: list[str], contracts: Mapping[str, Contract]) -> RowRule:
    if len(cells) != len(_COLUMNS):
        raise ContractError(place, None, f"has {len(cells)} cells", f"write {len(_COLUMNS)} of them")
    rule = RowRule(*cells)
    if rule.entity not in contracts or not contracts[rule.entity].row_security:
        problem = f"'{rule.entity}' is no entity whose contract has rowSecurity"
        raise ContractError(place, None, problem, "name one, or declare the field in its contract")
    if not (_QUICKSIGHT if rule.of_quicksight else _POWER_BI).fullmatch(rule.principal):
        remedy = "write the ARN of a user or group of QuickSight, or a user of Power BI as name@domain"
        raise ContractError(place, None, f"'{rule.principal}' is no principal", remedy)
    return rule
