"""Which values of a payload are not personal: those of fields that the contract knows and does not call so."""

from dataclasses import dataclass

from txplatform.contracts.model import Contract, Field, FieldType

ITEM = "[]"  # stands in a path for every item of a list
Path = tuple[str, ...]
_ENVELOPE = "record"  # of {"op": …, "record": {…}}


@dataclass(frozen=True, slots=True)
class Visible:
    """The paths of values that are not personal, and of fields within which nothing is, whatever its name."""

    values: frozenset[Path]
    whole: frozenset[Path]

    def shows(self, path: Path) -> bool:
        """Say whether the value at a path may be shown."""
        return path in self.values or any(path[:length] in self.whole for length in range(1, len(path)))


def visible_in(contract: Contract | None) -> Visible:
    """What is not personal in a record of the contract; nothing without one."""
    if contract is None:
        return Visible(frozenset(), frozenset())
    values: set[Path] = {("op",)}
    whole: set[Path] = set()
    for field in contract.fields:
        if not field.personal:
            for name in field.names:
                _add(field, tuple(name.split(".")), values, whole)
    return Visible(*(frozenset(paths | {(_ENVELOPE, *path) for path in paths}) for paths in (values, whole)))


def _add(field: Field, path: Path, values: set[Path], whole: set[Path]) -> None:
    """Add the paths of a field and of what is in it."""
    if field.type not in (FieldType.OBJECT, FieldType.ARRAY, FieldType.MAP):
        values.add(path)
    if field.type in (FieldType.MAP, FieldType.JSON):
        whole.add(path)
    elif field.element is not None:
        _add(field.element, (*path, ITEM), values, whole)
    for member in field.fields:
        _add(member, (*path, member.name), values, whole)
