"""Reads the tie-breakers of a contract: the fields that order records of one version.

The functions and the lake compare their values, and the lake puts them into order keys. So each has one order in both,
has a bounded length, and may be seen by whoever sees the order key.
"""

from collections.abc import Collection

from txplatform.contracts.keys.entity import TIE_BREAKER
from txplatform.contracts.model import Field, FieldType, TieBreaker
from txplatform.contracts.section import Section

MAX_TIE_BREAKERS = 5
_MAX_TEXT = 128
_SORTABLE = (FieldType.STRING, FieldType.INTEGER, FieldType.DATE, FieldType.TIMESTAMP)


def read_tie_breakers(custom: Section, fields: tuple[Field, ...], shared: Collection[str]) -> tuple[TieBreaker, ...]:
    """Read the custom property `tieBreakers`; raise ContractError. Records of one version agree in `shared` fields."""
    by_name = {field.name: field for field in fields}
    found: list[TieBreaker] = []
    for source in custom.sections("tieBreakers", TIE_BREAKER):
        source.check_keys()
        name = source.text("field")
        if name not in by_name:
            raise source.error(
                f"'{source.name_of('field')}' names '{name}', which is not a field", "name a field of the entity"
            )
        source = source.named(name)
        if name in shared:
            remedy = "name a field that differs between them"
            raise source.error("breaks ties, and records of one version have it in common", remedy)
        if any(name == other.field for other in found):
            raise source.error("is listed twice in 'tieBreakers'", "list each field once")
        found.append(TieBreaker(name, _ranks(source, by_name[name])))
    if len(found) > MAX_TIE_BREAKERS:
        problem = f"'{custom.name_of('tieBreakers')}' lists {len(found)} fields"
        raise custom.error(problem, f"list at most {MAX_TIE_BREAKERS}")
    return tuple(found)


def _ranks(source: Section, field: Field) -> tuple[str, ...]:
    """The ranks of the field's values; none where they sort by themselves."""
    ranks = source.texts("ranks")
    if field.type not in _SORTABLE:
        raise source.error(f"breaks ties, and is a {field.type}", "use a string, integer, date or timestamp")
    if field.personal:
        raise source.error("breaks ties, and is personal: order keys would show it", "use another field")
    if ranks:
        _check_ranks(source, field, ranks)
    elif source.has("ranks"):
        raise source.error(f"'{source.name_of('ranks')}' is empty", "list the states in order, or leave 'ranks' out")
    elif field.type is FieldType.STRING and not field.enum and not 0 < (field.max_length or 0) <= _MAX_TEXT:
        raise source.error("breaks ties, and is a text of any length", f"set a maxLength of at most {_MAX_TEXT}")
    elif field.enum:
        raise source.error("breaks ties by 'validValues' without an order", "list them in order as 'ranks'")
    return ranks


def _check_ranks(source: Section, field: Field, ranks: tuple[str, ...]) -> None:
    """Refuse ranks that do not say of every value that passes validation where it stands."""
    if not field.enum:
        raise source.error("has 'ranks' without 'validValues': other values would have no rank", "set 'validValues'")
    unknown, missing = sorted(set(ranks) - set(field.enum)), sorted(set(field.enum) - set(ranks))
    if unknown:
        raise source.error(f"ranks '{unknown[0]}', which is not among its validValues", "rank the validValues alone")
    if missing:
        raise source.error(f"allows '{missing[0]}', which has no rank", "list every value of validValues once")
